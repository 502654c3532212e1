import { EdgeProgram, type EdgeProgramType, type ProgramInfo } from 'sigma/rendering';
import type { EdgeDisplayData, NodeDisplayData, RenderParams } from 'sigma/types';
import { floatColor } from 'sigma/utils';
import { curve, stripData } from './shader';

// Body is what the two programs draw; its ends are places of the picture and not
// the middles of nodes, since bodies have ports of their own.
export interface Body {
  x0: number; y0: number; x1: number; y1: number; // pixels, y downwards
  width0: number; // of the body at its source and at its target
  width1: number;
  body: string; // colour
  bodyAlpha: number;
  core: string;
  coreAlpha: number;
  coreWidth: number;
  line: number; // of scene.lines
}

// boxOf is the middle of sigma's box and its longer side, in pixels of the picture.
function boxOf(renderer: { getCustomBBox(): { x: [number, number]; y: [number, number] } | null }) {
  const b = renderer.getCustomBBox() ?? { x: [0, 1], y: [-1, 0] };
  return { x: (b.x[0] + b.x[1]) / 2, y: (b.y[0] + b.y[1]) / 2, unit: Math.max(b.x[1] - b.x[0], b.y[1] - b.y[0]) };
}

const bodyVertex = /* glsl */ `
attribute vec4 a_ends;
attribute vec2 a_width;
attribute vec4 a_color;
attribute float a_alpha;
attribute vec2 a_piece;

uniform mat3 u_matrix;
uniform float u_unit;
uniform float u_zoom;

varying vec4 v_color;
varying float v_side;
varying float v_half;
${curve}
void main() {
  Spot s = spotAt(a_ends.xy, a_ends.zw, a_piece.x);
  // Never thinner on the screen than can be seen, and half a pixel to fade out in.
  float wide = max(mix(a_width.x, a_width.y, a_piece.x) * u_zoom, 0.8);
  float half_ = wide * 0.5 + 0.5;
  vec2 across = vec2(-s.along.y, s.along.x) * a_piece.y * half_ / u_zoom * u_unit;
  gl_Position = vec4((u_matrix * vec3(s.at + across, 1.0)).xy, 0.0, 1.0);
  v_color = vec4(a_color.rgb * a_alpha, a_alpha);
  v_side = a_piece.y * half_;
  v_half = half_;
}`;

const bodyFragment = /* glsl */ `
precision mediump float;
varying vec4 v_color;
varying float v_side;
varying float v_half;
void main() {
  gl_FragColor = v_color * clamp(v_half - abs(v_side), 0.0, 1.0);
}`;

const uniforms = ['u_matrix', 'u_unit', 'u_zoom'] as const;

// The graph that sigma holds knows of an edge only which body it is: copying all
// that is drawn, as sigma does twice for each edge, took longer than drawing.
export interface EdgeKey {
  body: number;
}

abstract class Strip extends EdgeProgram<(typeof uniforms)[number]> {
  protected abstract readonly bodies: () => (b: number) => Body;

  protected body(data: EdgeDisplayData): Body {
    return this.bodies()((data as unknown as EdgeKey).body);
  }

  override setUniforms(params: RenderParams, { gl, uniformLocations: at }: ProgramInfo): void {
    gl.uniformMatrix3fv(at.u_matrix as WebGLUniformLocation, false, params.matrix);
    gl.uniform1f(at.u_unit as WebGLUniformLocation, 1 / boxOf(this.renderer).unit);
    gl.uniform1f(at.u_zoom as WebGLUniformLocation, 1 / this.renderer.getCamera().ratio);
  }

  protected ends(at: number, d: Body): void {
    const b = boxOf(this.renderer);
    this.array[at] = 0.5 + (d.x0 - b.x) / b.unit;
    this.array[at + 1] = 0.5 + (-d.y0 - b.y) / b.unit;
    this.array[at + 2] = 0.5 + (d.x1 - b.x) / b.unit;
    this.array[at + 3] = 0.5 + (-d.y1 - b.y) / b.unit;
  }
}

// ribbonProgram ("flow") draws bodies: quads along the curve, tapered from one end
// to the other, in the colour of their taint.
export const ribbonProgram = (bodies: () => (b: number) => Body) => class RibbonProgram extends Strip {
  protected override readonly bodies = bodies;

  getDefinition() {
    const f = WebGLRenderingContext.FLOAT;
    const data = stripData();
    return {
      VERTICES: data.length,
      VERTEX_SHADER_SOURCE: bodyVertex,
      FRAGMENT_SHADER_SOURCE: bodyFragment,
      METHOD: WebGLRenderingContext.TRIANGLE_STRIP as 5,
      UNIFORMS: uniforms,
      ATTRIBUTES: [
        { name: 'a_ends', size: 4, type: f },
        { name: 'a_width', size: 2, type: f },
        { name: 'a_color', size: 4, type: WebGLRenderingContext.UNSIGNED_BYTE, normalized: true },
        { name: 'a_alpha', size: 1, type: f },
      ],
      CONSTANT_ATTRIBUTES: [{ name: 'a_piece', size: 2, type: f }],
      CONSTANT_DATA: data,
    };
  }

  processVisibleItem(_id: number, at: number, _s: NodeDisplayData, _t: NodeDisplayData, data: EdgeDisplayData): void {
    const d = this.body(data);
    this.ends(at, d);
    this.array[at + 4] = d.width0;
    this.array[at + 5] = d.width1;
    this.array[at + 6] = floatColor(d.body);
    this.array[at + 7] = d.line === 2 ? 0 : d.bodyAlpha; // a lead has no body
  }
} as unknown as EdgeProgramType;

const coreVertex = /* glsl */ `
attribute vec4 a_ends;
attribute vec3 a_look;
attribute vec4 a_color;
attribute vec2 a_piece;

uniform mat3 u_matrix;
uniform float u_unit;
uniform float u_zoom;

varying vec4 v_color;
varying float v_side;
varying float v_half;
varying float v_line;
varying float v_length;
${curve}
void main() {
  Spot s = spotAt(a_ends.xy, a_ends.zw, a_piece.x);
  // Far away lines are finer, or they would be all there is to see.
  float half_ = a_look.x * clamp(u_zoom * 2.0, 0.3, 1.0) * 0.5 + 0.5;
  vec2 across = vec2(-s.along.y, s.along.x) * a_piece.y * half_ / u_zoom * u_unit;
  gl_Position = vec4((u_matrix * vec3(s.at + across, 1.0)).xy, 0.0, 1.0);
  // The way so far, between that as the crow flies and that round the corner: near
  // enough for dashes, and it only grows.
  vec2 gone = abs(s.at - a_ends.xy);
  float far = 0.5 * (length(gone) + gone.x + gone.y);
  v_length = far / u_unit * u_zoom;
  v_color = vec4(a_color.rgb * a_look.z, a_look.z);
  v_side = a_piece.y * half_;
  v_half = half_;
  v_line = a_look.y;
}`;

const coreFragment = /* glsl */ `
precision mediump float;
varying vec4 v_color;
varying float v_side;
varying float v_half;
varying float v_line;
varying float v_length;
void main() {
  float on = clamp(v_half - abs(v_side), 0.0, 1.0) * min(1.0, v_half * 2.0 - 1.0);
  if (v_line > 1.5) {
    // Dots of the line's own width, five pixels apart.
    on *= clamp(1.4 - length(vec2(mod(v_length, 5.0) - 2.5, v_side)), 0.0, 1.0);
  } else if (v_line > 0.5) {
    float at = mod(v_length, 10.0);
    on *= clamp(at + 0.5, 0.0, 1.0) * clamp(6.5 - at, 0.0, 1.0);
  }
  gl_FragColor = v_color * on;
}`;

// coreProgram draws centre lines on the same curve; how certain an edge is is how
// its line is broken.
export const coreProgram = (bodies: () => (b: number) => Body) => class CoreProgram extends Strip {
  protected override readonly bodies = bodies;

  getDefinition() {
    const f = WebGLRenderingContext.FLOAT;
    const data = stripData();
    return {
      VERTICES: data.length,
      VERTEX_SHADER_SOURCE: coreVertex,
      FRAGMENT_SHADER_SOURCE: coreFragment,
      METHOD: WebGLRenderingContext.TRIANGLE_STRIP as 5,
      UNIFORMS: uniforms,
      ATTRIBUTES: [
        { name: 'a_ends', size: 4, type: f },
        { name: 'a_look', size: 3, type: f },
        { name: 'a_color', size: 4, type: WebGLRenderingContext.UNSIGNED_BYTE, normalized: true },
      ],
      CONSTANT_ATTRIBUTES: [{ name: 'a_piece', size: 2, type: f }],
      CONSTANT_DATA: data,
    };
  }

  processVisibleItem(_id: number, at: number, _s: NodeDisplayData, _t: NodeDisplayData, data: EdgeDisplayData): void {
    const d = this.body(data);
    this.ends(at, d);
    this.array[at + 4] = d.coreWidth;
    this.array[at + 5] = d.line;
    this.array[at + 6] = d.coreAlpha;
    this.array[at + 7] = floatColor(d.core);
  }
} as unknown as EdgeProgramType;
