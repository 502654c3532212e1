import { MultiDirectedGraph } from 'graphology';
import Sigma from 'sigma';
import { createEdgeCompoundProgram } from 'sigma/rendering';
import type { Model } from '../graph/model';
import { shapes } from '../layout/input';
import { atlasNames, atlasOf, glyphSize, grown, type Atlas } from './atlas';
import { fitted, lookOf, setBox, stateFor, type Look } from './camera';
import { glyphProgram, type NodeData } from './node';
import type { Palette } from './palette';
import { axisHeight, cardOf, drawGround, type Page } from './plate';
import { coreProgram, ribbonProgram, type Body, type EdgeKey } from './ribbon';
import { bodyAlpha, coreAlpha, lines, nodeAlpha, strength, type Scene } from './scene';
import { Tween, reweighed, tweenMost } from './tween';
import { drawWords, type Words } from './words';

export interface Hears {
  select(v: number): void; // -1: nothing
  open(v: number): void;
  hover(v: number): void;
  looked(): void; // the camera moved
}

// Content is what a stage shows at a time.
export interface Content extends Omit<Page, 'c' | 'look'> {
  words: Words;
}

// How many nodes or edges are handed over at a time, so that the page stays awake.
// With 10,000 nodes and this, no task of the main thread takes more than 70 ms of
// processor time: the three longest are the first frames, 63 to 70 ms, and handing
// over one batch takes 37 ms (two cores, Chromium with SwiftShader; the flow was
// drawn after 1.7 s where the machine had little else to do).
const batch = 2500;
const pause = () => new Promise<void>((done) => setTimeout(done, 0));

const ratioLeast = 0.25;
const ratioMost = 200;

// Sigma finds what the pointer is on by reading pixels back, which waits for all
// that was sent to the graphics card: seconds, where it is emulated. Going through
// the places takes a tenth of a millisecond.
function findBy(sigma: Sigma, nodeAt: (x: number, y: number) => string | null) {
  // Its types call this name private, so it is replaced on the object.
  Object.assign(sigma, { getNodeAtPosition: (at: { x: number; y: number }) => nodeAt(at.x, at.y) });
}

// setGraph hands a graph over that is drawn in the next frame and not at once: it is
// filled while sigma listens, so that no single task reads all of it.
function setGraph(sigma: Sigma, graph: MultiDirectedGraph) {
  const refresh = sigma.refresh.bind(sigma);
  sigma.refresh = (options) => refresh({ ...options, schedule: true });
  sigma.setGraph(graph);
  sigma.refresh = refresh;
}

// Stage is the part of the page that the flow is drawn in: a canvas for what lies
// below, sigma, a canvas for words.
export class Stage {
  private sigma: Sigma | null = null;
  private content: Content | null = null;
  private atlas: Atlas | null = null;
  private moved = false; // by the user: then the view is kept
  private whole = false; // all is to be seen, also where it cannot be read
  private ours = false; // the camera is being moved by us
  private readonly tween = new Tween();
  private readonly below = document.createElement('canvas');
  private readonly middle = document.createElement('div');
  private readonly above = document.createElement('canvas');

  private readonly bodies = () => (b: number) => bodyOf(this.content as Content, b);

  constructor(private readonly box: HTMLElement, private readonly hears: Hears) {
    this.below.className = 'flow-layer';
    this.middle.className = 'flow-layer';
    this.above.className = 'flow-layer flow-words';
    box.append(this.below, this.middle, this.above);
  }

  kill(): void {
    this.tween.stop();
    this.sigma?.kill();
    this.sigma = null;
    for (const e of [this.below, this.middle, this.above]) e.remove();
  }

  // start makes the graphics contexts, before there is anything to draw: they take a
  // while, and the layout is under way meanwhile.
  start(): void {
    if (this.sigma !== null) return;
    const programs = { flow: createEdgeCompoundProgram([ribbonProgram(this.bodies), coreProgram(this.bodies)]) };
    const node = glyphProgram(() => this.atlas as Atlas);
    this.sigma = new Sigma(new MultiDirectedGraph(), this.middle, {
      autoRescale: false, stagePadding: 0, allowInvalidContainer: true,
      renderLabels: false, renderEdgeLabels: false, enableEdgeEvents: false, zIndex: false,
      nodeProgramClasses: { glyph: node }, nodeHoverProgramClasses: { glyph: node }, edgeProgramClasses: programs,
      defaultNodeType: 'glyph', defaultEdgeType: 'flow', defaultDrawNodeHover: () => {},
      minCameraRatio: ratioLeast, maxCameraRatio: ratioMost, enableCameraRotation: false,
      doubleClickZoomingRatio: 1, inertiaDuration: 120, zoomDuration: 120,
    });
    setBox(this.sigma, this.box.clientWidth, this.box.clientHeight);
    findBy(this.sigma, (x, y) => this.content?.model.nodes[this.nodeAt(x, y)]?.id ?? null);
    this.listen(this.sigma);
  }

  // nodeAt finds the glyph under a point, the last of those that overlap; -1: none.
  private nodeAt(x: number, y: number): number {
    const [look, s] = [this.look(), this.content?.scene];
    if (look === null || s === undefined) return -1;
    const reach = Math.max(6, 12 * glyphSize(look.zoom));
    const [gx, gy, r] = [(x - look.x) / look.zoom, (y - look.y) / look.zoom, reach / look.zoom];
    for (let v = s.glyph.length - 1; v >= 0; v--) {
      const tall = s.glyph[v] === 'pill' ? 1.9 : 1;
      if (s.shape[v] === shapes.card || s.nodeStrength[v] === strength.later) continue;
      if (Math.abs(s.placement.x[v]! - gx) <= r && Math.abs(s.placement.y[v]! - gy) <= r * tall) return v;
    }
    return -1;
  }

  // show puts another graph on the stage. alive says whether it is still wanted. Where
  // the user has moved the view, the node of the anchor stays where it is on the screen.
  async show(content: Content, alive: () => boolean, anchor: string | null): Promise<void> {
    if (this.atlas === null) this.atlas = await atlasOf(content.palette);
    if (!alive()) return;
    this.tween.stop();
    const shift = this.shiftOf(content, anchor);
    this.content = content;
    this.resizeCanvases();
    this.place(content.model, content.scene, shift);
    const graph = new MultiDirectedGraph();
    if (this.sigma !== null) setGraph(this.sigma, graph);
    await fill(graph, content, alive);
  }

  // shiftOf is how far a node moves from the picture that is shown to the next one.
  private shiftOf(next: Content, anchor: string | null): { x: number; y: number } {
    const [was, is] = [this.content?.model.at.get(anchor ?? ''), next.model.at.get(anchor ?? '')];
    if (this.content === null || was === undefined || is === undefined) return { x: 0, y: 0 };
    const [a, b] = [this.content.scene.placement, next.scene.placement];
    return { x: b.x[is]! - a.x[was]!, y: b.y[is]! - a.y[was]! };
  }

  // restyle draws the same graph anew: another policy, selection, time or theme.
  async restyle(content: Content, themeChanged: boolean): Promise<void> {
    if (themeChanged) this.atlas = await atlasOf(content.palette);
    if (this.content === null || this.sigma === null || this.content.model !== content.model) return;
    const before = this.content.scene;
    const [edges, nodes] = changes(before, content.scene, themeChanged, content.model);
    // The attributes are changed in place: an event for each would cost more than drawing.
    const graph = this.sigma.getGraph();
    for (const v of nodes) Object.assign(graph.getNodeAttributes(content.model.nodes[v]!.id), nodeData(content, v));
    const partialGraph = { edges: edges.map(String), nodes: nodes.map((v) => content.model.nodes[v]!.id) };
    const draw = (scene: Scene) => {
      this.content = { ...content, scene, words: this.content?.words ?? content.words };
      this.sigma?.refresh({ partialGraph, skipIndexation: true, schedule: true });
    };
    this.content = content;
    if (edges.length <= tweenMost && reweighed(before, content.scene)) return this.tween.run(before, content.scene, draw);
    this.tween.stop();
    draw(content.scene);
  }

  // fit shows all of the picture, because it was asked for, and keeps to that until
  // the view is moved.
  fit(): void {
    this.whole = true;
    this.placeAgain();
  }

  private placeAgain(): void {
    this.moved = false;
    if (this.content !== null) this.place(this.content.model, this.content.scene, { x: 0, y: 0 });
  }

  zoom(factor: number): void {
    const camera = this.sigma?.getCamera();
    if (camera === undefined) return;
    this.moved = true;
    camera.setState({ ratio: camera.getBoundedRatio(camera.ratio / factor) });
  }

  // reveal moves the picture so far that a node is on the screen.
  reveal(v: number): void {
    const [s, look] = [this.content?.scene, this.look()];
    if (this.sigma === null || s === undefined || look === null || v < 0) return;
    const x = s.placement.x[v]! * look.zoom + look.x;
    const y = s.placement.y[v]! * look.zoom + look.y;
    const inside = x >= 20 && x <= look.width - 20 && y >= axisHeight + 10 && y <= look.height - 10;
    if (inside) return;
    this.moved = true;
    this.sigma.getCamera().setState(stateFor(look.width, look.height, { x: s.placement.x[v]!, y: s.placement.y[v]! }, look.zoom));
  }

  look(): Look | null {
    return this.sigma === null ? null : lookOf(this.sigma);
  }

  resized(): void {
    if (this.sigma === null) return;
    this.resizeCanvases();
    setBox(this.sigma, this.box.clientWidth, this.box.clientHeight);
    this.sigma.resize(true);
    this.sigma.refresh();
    if (!this.moved) this.placeAgain();
  }

  // picture puts all layers onto one canvas, as they are on the screen.
  picture(caption: (c: CanvasRenderingContext2D, width: number) => void, top: number): HTMLCanvasElement {
    const scale = window.devicePixelRatio || 1;
    const out = document.createElement('canvas');
    out.width = this.box.clientWidth * scale;
    out.height = (this.box.clientHeight + top) * scale;
    const c = out.getContext('2d');
    if (c === null || this.sigma === null) return out;
    c.scale(scale, scale);
    caption(c, this.box.clientWidth);
    // A WebGL canvas is readable only in the task in which it was drawn.
    this.sigma.refresh();
    const { edges, nodes } = this.sigma.getCanvases();
    for (const layer of [this.below, edges, nodes, this.above]) {
      if (layer !== undefined) c.drawImage(layer, 0, top, this.box.clientWidth, this.box.clientHeight);
    }
    return out;
  }

  private listen(sigma: Sigma) {
    const at = (id: string) => this.content?.model.at.get(id) ?? -1;
    sigma.on('afterRender', () => this.draw());
    sigma.getCamera().on('updated', () => {
      if (!this.ours) [this.moved, this.whole] = [true, false];
      this.hears.looked();
    });
    sigma.on('clickNode', ({ node }) => this.hears.select(at(node)));
    sigma.on('doubleClickNode', ({ node, preventSigmaDefault }) => {
      preventSigmaDefault();
      this.hears.open(at(node));
    });
    sigma.on('enterNode', ({ node }) => this.hears.hover(at(node)));
    sigma.on('leaveNode', () => this.hears.hover(-1));
    sigma.on('clickStage', ({ event }) => {
      const card = this.cardAt(event.x, event.y);
      if (card === null) this.hears.select(-1);
      else if (card.unfold) this.hears.open(card.v);
      else this.hears.select(card.v);
    });
  }

  // cardAt finds the card under a point; unfold is where its word to open it stands.
  private cardAt(x: number, y: number): { v: number; unfold: boolean } | null {
    const look = this.look();
    if (this.content === null || look === null) return null;
    for (const v of this.content.scene.cardBodies) {
      const c = cardOf({ look, scene: this.content.scene }, v);
      if (x < c.x || x > c.x + c.width || y < c.y || y > c.y + c.height) continue;
      return { v, unfold: x > c.x + c.width - 60 && y < c.y + 24 };
    }
    return null;
  }

  private place(m: Model, s: Scene, shift: { x: number; y: number }) {
    if (this.sigma === null) return;
    const [width, height] = [this.box.clientWidth, this.box.clientHeight];
    const camera = this.sigma.getCamera();
    const unit = Math.max(width, height);
    this.ours = true;
    if (this.moved) camera.setState({ x: camera.x + shift.x / unit, y: camera.y - shift.y / unit });
    else camera.setState(fitted(width, height, s.placement, axisHeight, theftOf(m, s), this.whole ? 1 / ratioMost : undefined));
    this.ours = false;
    this.hears.looked();
  }

  private draw() {
    const look = this.look();
    const [below, above] = [this.below.getContext('2d'), this.above.getContext('2d')];
    if (this.content === null || look === null || below === null || above === null) return;
    drawGround({ ...this.content, look, c: below });
    drawWords({ ...this.content, look, c: above }, this.content.words);
  }

  // hoverChanged draws the words again, since what the pointer is on shows all of its own.
  hoverChanged(v: number): void {
    if (this.content === null) return;
    this.content.words.hovered = v;
    this.middle.style.cursor = v < 0 ? '' : 'pointer';
    this.sigma?.scheduleRender();
  }

  redraw(): void {
    this.sigma?.scheduleRender();
  }

  private resizeCanvases() {
    const scale = window.devicePixelRatio || 1;
    for (const canvas of [this.below, this.above]) {
      canvas.width = this.box.clientWidth * scale;
      canvas.height = this.box.clientHeight * scale;
      canvas.getContext('2d')?.setTransform(scale, 0, 0, scale, 0, 0);
    }
  }
}

function theftOf(m: Model, s: Scene): { x: number; y: number } {
  const v = Math.max(0, m.nodes.findIndex((n) => n.kind === 'theft'));
  return { x: s.placement.x[v] ?? 0, y: s.placement.y[v] ?? 0 };
}

async function fill(graph: MultiDirectedGraph, content: Content, alive: () => boolean): Promise<void> {
  const { model: m, scene: s } = content;
  for (let v = 0; v < m.nodes.length; v++) {
    if (v % batch === batch - 1) await pause();
    if (!alive()) return;
    graph.addNode(m.nodes[v]!.id, Object.assign(middleOf(s, v), nodeData(content, v)));
  }
  for (let b = 0; b < s.x0.length; b++) {
    if (b % batch === batch - 1) await pause();
    if (!alive()) return;
    const card = s.cardBodies[b - m.edges.length];
    const [from, to] = card === undefined ? [m.from[b]!, m.to[b]!] : [card, card];
    graph.addEdgeWithKey(String(b), m.nodes[from]!.id, m.nodes[to]!.id, { body: b } satisfies EdgeKey);
  }
}

function middleOf(s: Scene, v: number): { x: number; y: number } {
  const p = s.placement;
  return { x: (p.x[v]! + p.endX[v]!) / 2, y: -p.y[v]! };
}

const cells = new Map<string, number>(atlasNames.map((name, i) => [name, i]));

function nodeData(content: Content, v: number): NodeData {
  const s = content.scene;
  const glyph = s.glyph[v]!;
  return {
    cell: s.shape[v] === shapes.card ? -1 : (cells.get(glyph) ?? 0),
    grown: grown(glyph),
    alpha: s.shape[v] === shapes.card ? 0 : nodeAlpha[s.nodeStrength[v]!]!,
  };
}

function bodyOf({ scene: s, palette }: { scene: Scene; palette: Palette }, b: number): Body {
  const dotted = s.line[b] === lines.dotted;
  const level = s.bodyStrength[b]!;
  return {
    x0: s.x0[b]!, y0: s.y0[b]!, x1: s.x1[b]!, y1: s.y1[b]!,
    width0: s.width0[b]!, width1: s.width1[b]!,
    body: palette[`t${s.taint[b]}`] ?? '', bodyAlpha: bodyAlpha[level]!,
    core: palette[dotted ? 'ink-3' : 'core'] ?? '', coreAlpha: coreAlpha[level]!,
    coreWidth: dotted ? 1.8 : level === strength.path ? 2 : 1.2,
    line: s.line[b]!,
  };
}

// changes lists the bodies and nodes that look different from before.
function changes(a: Scene, b: Scene, all: boolean, m: Model): [edges: number[], nodes: number[]] {
  const edges = [...b.x0.keys()].filter((i) => all || differs(a, b, i));
  const nodes = [...m.nodes.keys()].filter((v) => all || a.nodeStrength[v] !== b.nodeStrength[v]);
  return [edges, nodes];
}

function differs(a: Scene, b: Scene, i: number): boolean {
  return a.width0[i] !== b.width0[i] || a.width1[i] !== b.width1[i] || a.y0[i] !== b.y0[i] || a.y1[i] !== b.y1[i]
    || a.taint[i] !== b.taint[i] || a.bodyStrength[i] !== b.bodyStrength[i];
}
