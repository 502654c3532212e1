// What the shaders of bodies and centre lines share. Places are in sigma's square;
// u_unit is a pixel of the picture in it, u_zoom pixels of the screen for one of the
// picture. The curve is that of layout/curve.ts: down or up within the bend, then level.
export const curve = /* glsl */ `
const float bendMost = 150.0;

struct Spot { vec2 at; vec2 along; };

Spot spotAt(vec2 from, vec2 to, float t) {
  float dx = to.x - from.x;
  float way = dx < 0.0 ? -1.0 : 1.0;
  float bend = min(abs(dx), bendMost * u_unit);
  float curved = 0.8;
  Spot s;
  if (t > curved) {
    float rest = (t - curved) / (1.0 - curved);
    s.at = vec2(mix(from.x + way * bend, to.x, rest), to.y);
    s.along = vec2(way, 0.0);
    return s;
  }
  float u = t / curved;
  float v = 1.0 - u;
  float half_ = way * bend * 0.5;
  vec2 p0 = from;
  vec2 p1 = from + vec2(half_, 0.0);
  vec2 p3 = vec2(from.x + way * bend, to.y);
  vec2 p2 = p3 - vec2(half_, 0.0);
  s.at = v * v * v * p0 + 3.0 * v * v * u * p1 + 3.0 * v * u * u * p2 + u * u * u * p3;
  vec2 d = 3.0 * v * v * (p1 - p0) + 6.0 * v * u * (p2 - p1) + 3.0 * u * u * (p3 - p2);
  s.along = length(d) > 0.0 ? normalize(d) : vec2(way, 0.0);
  return s;
}
`;

// Strips of so many pieces; the level part needs one.
export const pieces = 16;

// stripData are the constant attributes of a strip: how far along, and which side.
export function stripData(): number[][] {
  const data: number[][] = [];
  for (let i = 0; i <= pieces; i++) {
    const t = i < pieces - 1 ? (i / (pieces - 2)) * 0.8 : 1;
    const at = i === pieces - 1 ? 0.8001 : t;
    data.push([at, -1], [at, 1]);
  }
  return data;
}
