// Pen is the part of a canvas that we draw with, so that one drawing serves the
// screen and a file.
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'clearRect' | 'fillRect' | 'beginPath' | 'moveTo' | 'lineTo' | 'roundRect' | 'stroke' | 'fill'
  | 'strokeText' | 'fillText' | 'measureText'
  | 'fillStyle' | 'strokeStyle' | 'lineWidth' | 'lineJoin' | 'globalAlpha' | 'font' | 'textAlign' | 'textBaseline'
>;

// What separates numbers in a file: hundredths of a pixel are enough.
const n = (v: number) => String(Math.round(v * 100) / 100);

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

// Without a canvas to measure with, a letter is taken for this part of its size.
const letter = 0.55;

// SvgPen writes what is drawn with it as SVG. It uses presentation attributes only,
// which a Content-Security-Policy without inline styles lets through.
export class SvgPen implements Pen {
  fillStyle: string = '';
  strokeStyle: string = '';
  lineWidth = 1;
  lineJoin: CanvasLineJoin = 'miter';
  globalAlpha = 1;
  font = '';
  textAlign: CanvasTextAlign = 'left';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  readonly out: string[] = [];
  private path = '';

  constructor(private readonly ruler: CanvasRenderingContext2D | null) {}

  clearRect(): void {}

  fillRect(x: number, y: number, width: number, height: number): void {
    this.out.push(`<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${this.fillStyle}"/>`);
  }

  beginPath(): void {
    this.path = '';
  }

  moveTo(x: number, y: number): void {
    this.path += `M${n(x)} ${n(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.path += `L${n(x)} ${n(y)}`;
  }

  roundRect(x: number, y: number, width: number, height: number, radii: number): void {
    const r = Math.min(radii, width / 2, height / 2);
    const arc = (dx: number, dy: number) => `a${n(r)} ${n(r)} 0 0 1 ${n(dx)} ${n(dy)}`;
    this.path += `M${n(x + r)} ${n(y)}h${n(width - 2 * r)}${arc(r, r)}v${n(height - 2 * r)}${arc(-r, r)}h${n(2 * r - width)}${arc(-r, -r)}v${n(2 * r - height)}${arc(r, -r)}z`;
  }

  stroke(): void {
    this.out.push(`<path d="${this.path}" fill="none" stroke="${this.strokeStyle}" stroke-width="${n(this.lineWidth)}"${this.alpha()}/>`);
  }

  fill(): void {
    this.out.push(`<path d="${this.path}" fill="${this.fillStyle}"${this.alpha()}/>`);
  }

  strokeText(text: string, x: number, y: number): void {
    this.text(text, x, y, `fill="none" stroke="${this.strokeStyle}" stroke-width="${n(this.lineWidth)}" stroke-linejoin="${this.lineJoin}"`);
  }

  fillText(text: string, x: number, y: number): void {
    this.text(text, x, y, `fill="${this.fillStyle}"`);
  }

  measureText(text: string): TextMetrics {
    if (this.ruler !== null) {
      this.ruler.font = this.font;
      return this.ruler.measureText(text);
    }
    return { width: text.length * this.size() * letter } as TextMetrics;
  }

  private alpha(): string {
    return this.globalAlpha === 1 ? '' : ` opacity="${n(this.globalAlpha)}"`;
  }

  private size(): number {
    return Number(/([\d.]+)px/.exec(this.font)?.[1] ?? 12);
  }

  private text(text: string, x: number, y: number, paint: string): void {
    const weight = /^\d+/.exec(this.font)?.[0] ?? '400';
    const anchor = this.textAlign === 'right' ? ' text-anchor="end"' : this.textAlign === 'center' ? ' text-anchor="middle"' : '';
    const family = escaped(this.font.replace(/^.*px /, ''));
    // The file may be opened without our font: the words keep the room they were given.
    const room = `textLength="${n(this.measureText(text).width)}" lengthAdjust="spacingAndGlyphs"`;
    this.out.push(`<text x="${n(x)}" y="${n(y)}" font-family="${family}" font-size="${n(this.size())}" font-weight="${weight}"${anchor} ${room} ${paint}${this.alpha()}>${escaped(text)}</text>`);
  }
}
