// A file of the user as text, of a size that a case file may have.

export const caseFileMax = 1 << 20;

export class TooLarge extends Error {}

export async function textOf(file: File): Promise<string> {
  if (file.size > caseFileMax) throw new TooLarge(file.name);
  return file.text();
}
