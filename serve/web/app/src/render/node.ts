import type Sigma from 'sigma';
import { NodeProgram, type NodeProgramType, type ProgramInfo } from 'sigma/rendering';
import type { NodeDisplayData, RenderParams } from 'sigma/types';
import { cellBox, glyphSize, type Atlas } from './atlas';

// NodeData is what the program reads of a node. cell is its glyph's number in the
// atlas; -1 is drawn as nothing.
export interface NodeData {
  cell: number;
  grown: number;
  alpha: number;
}

const vertex = /* glsl */ `
attribute vec2 a_position;
attribute vec3 a_glyph;
attribute vec2 a_corner;

uniform mat3 u_matrix;
uniform vec2 u_screen;
uniform float u_size;
uniform float u_side;

varying vec2 v_uv;
varying float v_alpha;
varying float v_drawn;

void main() {
  vec2 at = (u_matrix * vec3(a_position, 1.0)).xy;
  float half_ = 0.5 * u_size * a_glyph.y;
  gl_Position = vec4(at + a_corner * half_ * 2.0 / u_screen, 0.0, 1.0);
  float row = floor(a_glyph.x / u_side);
  vec2 cell = vec2(a_glyph.x - row * u_side, row);
  v_uv = (cell + vec2(0.5 + 0.5 * a_corner.x, 0.5 - 0.5 * a_corner.y)) / u_side;
  v_alpha = a_glyph.z;
  v_drawn = a_glyph.x;
}`;

const fragment = /* glsl */ `
precision mediump float;
varying vec2 v_uv;
varying float v_alpha;
varying float v_drawn;
uniform sampler2D u_atlas;
void main() {
  if (v_drawn < -0.5) discard;
  gl_FragColor = texture2D(u_atlas, v_uv) * v_alpha;
}`;

const uniforms = ['u_matrix', 'u_screen', 'u_size', 'u_side', 'u_atlas'] as const;

// glyphProgram makes the node program of an atlas; another theme is another program.
export function glyphProgram(atlas: () => Atlas): NodeProgramType {
  return class GlyphProgram extends NodeProgram<(typeof uniforms)[number]> {
    private texture: WebGLTexture | null = null;
    private drawn: Atlas | null = null;

    // Without a buffer to pick from: the stage finds nodes by their places.
    constructor(gl: WebGLRenderingContext, _pick: WebGLFramebuffer | null, renderer: Sigma) {
      super(gl, null, renderer);
    }

    getDefinition() {
      const f = WebGLRenderingContext.FLOAT;
      return {
        VERTICES: 4,
        VERTEX_SHADER_SOURCE: vertex,
        FRAGMENT_SHADER_SOURCE: fragment,
        METHOD: WebGLRenderingContext.TRIANGLE_STRIP as 5,
        UNIFORMS: uniforms,
        ATTRIBUTES: [
          { name: 'a_position', size: 2, type: f },
          { name: 'a_glyph', size: 3, type: f },
        ],
        CONSTANT_ATTRIBUTES: [{ name: 'a_corner', size: 2, type: f }],
        CONSTANT_DATA: [[-1, -1], [1, -1], [-1, 1], [1, 1]],
      };
    }

    processVisibleItem(_id: number, at: number, data: NodeDisplayData): void {
      const d = data as unknown as NodeData & NodeDisplayData;
      this.array[at] = d.x;
      this.array[at + 1] = d.y;
      this.array[at + 2] = d.cell;
      this.array[at + 3] = d.grown;
      this.array[at + 4] = d.alpha;
    }

    setUniforms(params: RenderParams, { gl, uniformLocations: at }: ProgramInfo): void {
      const a = atlas();
      gl.uniformMatrix3fv(at.u_matrix as WebGLUniformLocation, false, params.matrix);
      gl.uniform2f(at.u_screen as WebGLUniformLocation, params.width, params.height);
      gl.uniform1f(at.u_size as WebGLUniformLocation, cellBox * glyphSize(1 / this.renderer.getCamera().ratio));
      gl.uniform1f(at.u_side as WebGLUniformLocation, a.side);
      gl.uniform1i(at.u_atlas as WebGLUniformLocation, 0);
    }

    protected override renderProgram(params: RenderParams, info: ProgramInfo): void {
      const gl = info.gl;
      gl.activeTexture(gl.TEXTURE0);
      if (this.texture === null || this.drawn !== atlas()) this.upload(gl, atlas());
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      super.renderProgram(params, info);
    }

    private upload(gl: WebGLRenderingContext | WebGL2RenderingContext, a: Atlas) {
      if (this.texture !== null) gl.deleteTexture(this.texture);
      this.texture = gl.createTexture();
      this.drawn = a;
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, a.canvas);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl instanceof WebGL2RenderingContext ? gl.LINEAR_MIPMAP_LINEAR : gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
      if (gl instanceof WebGL2RenderingContext) gl.generateMipmap(gl.TEXTURE_2D);
    }
  } as unknown as NodeProgramType;
}

