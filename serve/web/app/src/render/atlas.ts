import { glyphs, svgOf, type GlyphName } from './glyphs';
import type { Palette } from './palette';

// Atlas is every glyph of a theme in one picture: cells in rows of side.
export interface Atlas {
  canvas: HTMLCanvasElement;
  side: number;
}

// The glyphs in the order of their cells.
export const atlasNames = Object.keys(glyphs) as GlyphName[];

// cellBox is a cell in the units of the glyphs: the box and room for the ground
// that each glyph stands on, so that bodies do not run into it.
export const cellBox = 30;
const cellPixels = 120;

const groundOf = (name: GlyphName) => (name === 'addr' ? 8 : name === 'pill' ? 0 : 13);

export async function atlasOf(palette: Palette): Promise<Atlas> {
  const names = atlasNames;
  const side = Math.ceil(Math.sqrt(names.length));
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side * cellPixels;
  const context = canvas.getContext('2d');
  const image = await rasterised(sheetOf(names, side, palette), canvas.width);
  context?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return { canvas, side };
}

function sheetOf(names: GlyphName[], side: number, palette: Palette): string {
  const all = side * cellBox;
  const cells = names.map((name, i) => {
    const x = (i % side) * cellBox + cellBox / 2;
    const y = Math.floor(i / side) * cellBox + cellBox / 2;
    const ground = groundOf(name) === 0 ? '' : `<circle r="${groundOf(name)}" fill="${palette.bg}"/>`;
    return `<g transform="translate(${x} ${y})">${ground}${svgOf(name, (t) => palette[t] ?? '')}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${all}" height="${all}" viewBox="0 0 ${all} ${all}">${cells.join('')}</svg>`;
}

// rasterised draws SVG text at a width. It goes through a blob, which the policy of
// the page allows for pictures; nothing is fetched.
export async function rasterised(svg: string, width: number): Promise<HTMLImageElement> {
  const sized = svg.replace(/^<svg ([^>]*?)width="[^"]*" height="[^"]*"/, `<svg $1width="${width}" height="${width}"`);
  const url = URL.createObjectURL(new Blob([sized], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

// grown is how much a glyph is enlarged beyond its box.
export function grown(name: GlyphName): number {
  return name === 'pill' ? 1.9 : 1;
}

// glyphSize is how large a unit of a glyph is on the screen at a zoom: its own size
// near full size, smaller when the picture is far away, so that glyphs do not hide it.
export function glyphSize(zoom: number): number {
  return Math.min(1.15, Math.max(0.16, zoom * 1.05));
}
