import type { Flow, FlowNode } from '../graph/flow';
import { modelOf, policyIndex, type Model } from '../graph/model';
import { weigh } from '../graph/weight';
import { inputOf, type Input } from '../layout/input';
import { layouter } from '../layout/layout';
import type { Placement } from '../layout/place';
import { messages } from '../messages';
import { rasterised } from './atlas';
import type { Axis, Direction, FlowViewProps } from './FlowView';
import { labelOf, type Label } from './label';
import { paletteOf, type Palette } from './palette';
import { fontOf } from './plate';
import { sceneOf } from './scene';
import type { Content, Stage } from './stage';
import { stepFrom } from './step';
import { svgOfFlow } from './svg';
import { forgetWidths } from './words';

export interface State {
  phase: 'working' | 'ready' | 'still' | 'failed';
  hash?: string; // of the places
  layoutMs?: number; // in the worker
  error?: string;
}

// What of a picture is kept until the flow, the scale or the room changes.
interface Laid {
  flow: Flow;
  model: Model;
  shape: Uint8Array;
  placement: Placement;
}

const pause = () => new Promise<void>((done) => setTimeout(done, 0));

// The size of a view that has none yet, as in tests.
const sizeUnknown = { width: 1036, height: 404 };

// Words in pixels, without a canvas: places must not depend on which fonts have come.
const letterWidth = 6.4;
const labelMost = 220;

// From this many nodes on, words are not measured: all places get room for a few.
const manyNodes = 2000;
const labelOfMany = 110;

// Resizing lays a picture out again, but only when it has come to rest.
const restMs = 150;

// A canvas does not make the browser fetch a font, so the weights that it draws with
// are asked for; when they are there, words are measured again.
async function fontsLoaded(): Promise<void> {
  if (typeof document.fonts === 'undefined') return;
  await Promise.allSettled([400, 600].map((weight) => document.fonts.load(fontOf(12, weight))));
  forgetWidths();
}

// FlowController stands between the props of a FlowView and the stage: it finds out
// what changed, and does only that.
export class FlowController {
  stage: Stage | null = null;
  private props: FlowViewProps | null = null;
  private laid: Laid | null = null;
  private content: Content | null = null;
  private palette: Palette = {};
  private run = 0; // counts layouts: an older one is dropped
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly sizes: ResizeObserver | null = null;
  private laidIn = { width: 0, height: 0 }; // the view that was laid out for
  private dead = false;
  private lastOpened: string | null = null; // stays where it is when it unfolds
  private begun: Promise<void> | null = null;

  constructor(private readonly box: HTMLElement, private readonly tell: (s: State) => void) {
    if (typeof ResizeObserver !== 'undefined') {
      this.sizes = new ResizeObserver(() => this.resized());
      this.sizes.observe(box);
    }
    void fontsLoaded().then(() => this.stage?.redraw());
  }

  // begin makes the stage, where there is WebGL to draw on it with.
  private async begin(): Promise<void> {
    if (!(await layouter.canDraw())) return;
    // Sigma cannot even be loaded where there is no WebGL.
    const { Stage } = await import('./stage');
    if (this.dead) return;
    this.stage = new Stage(this.box, {
      select: (v) => this.props?.onSelect(this.idOf(v)),
      open: (v) => this.opened(this.idOf(v)),
      hover: (v) => this.hovered(v),
      looked: () => this.tellAxis(),
    });
    try {
      this.stage.start();
    } catch {
      // The contexts were refused all the same: the picture stands still.
      this.stage.kill();
      this.stage = null;
    }
  }

  kill(): void {
    this.dead = true;
    this.run++;
    clearTimeout(this.timer);
    this.sizes?.disconnect();
    this.stage?.kill();
    this.stage = null;
    this.box.replaceChildren();
  }

  update(next: FlowViewProps): void {
    const last = this.props;
    this.props = next;
    if (last === null || last.theme !== next.theme) this.palette = paletteOf(this.box);
    if (last === null || last.flow !== next.flow || last.scale !== next.scale) void this.layOut();
    else if (this.laid !== null && looksDifferent(last, next)) this.restyle(last.theme !== next.theme);
    else if (last.theme !== next.theme) void this.layOut();
  }

  step(direction: Direction): string | null {
    const [l, p] = [this.laid, this.props];
    if (l === null || p === null) return null;
    const at = p.selected === null ? -1 : (l.model.at.get(p.selected) ?? -1);
    if (at < 0) return this.idOf(Math.max(0, l.model.nodes.findIndex((n) => n.kind === 'theft')));
    return this.idOf(stepFrom(l.model, l.placement, weigh(l.model, p.policy).share, at, direction));
  }

  reveal(id: string): void {
    this.stage?.reveal(this.laid?.model.at.get(id) ?? -1);
  }

  svg(caption: string[]): string {
    return this.content === null ? '' : svgOfFlow(this.content, this.content.words, caption).text;
  }

  async png(caption: string[]): Promise<Blob> {
    const canvas = this.stage === null ? await this.drawnStill(caption) : this.stage.picture((c, width) => this.writeCaption(c, width, caption), captionHeight(caption));
    return new Promise((done, failed) => {
      canvas.toBlob((blob) => (blob === null ? failed(new Error('the picture is too large for this browser')) : done(blob)), 'image/png');
    });
  }

  // layOut places the flow anew, in steps that leave the page awake.
  private async layOut(): Promise<void> {
    const run = ++this.run;
    const alive = () => run === this.run;
    this.tell({ phase: 'working' });
    try {
      await pause();
      if (!alive() || this.props === null) return;
      const { flow, scale } = this.props;
      const model = this.laid?.flow === flow ? this.laid.model : modelOf(flow);
      await pause();
      const input = inputOf(model, { scale, ...this.size() }, (n) => this.labelWidth(n));
      const shape = input.shape.slice();
      const laying = this.place(input);
      this.begun ??= this.begin();
      const [{ placement, ms }] = await Promise.all([laying, this.begun]);
      if (!alive()) return;
      this.laid = { flow, model, shape, placement };
      await pause();
      this.content = this.contentOf(this.laid);
      await pause();
      if (!alive()) return;
      await this.stage?.show(this.content, alive, this.lastOpened ?? this.props.selected);
      this.lastOpened = null;
      if (!alive()) return;
      if (this.stage === null) this.drawStill();
      this.tell({ phase: this.stage === null ? 'still' : 'ready', hash: placement.hash, layoutMs: ms });
      this.tellAxis();
    } catch (e) {
      if (alive()) this.tell({ phase: 'failed', error: e instanceof Error ? e.message : String(e) });
    }
  }

  private place(input: Input) {
    this.laidIn = { width: input.width, height: input.height };
    return layouter.lay(input);
  }

  private size() {
    const { clientWidth: width, clientHeight: height } = this.box;
    return width > 0 && height > 0 ? { width, height } : sizeUnknown;
  }

  private labelWidth(n: FlowNode): number {
    const p = this.props as FlowViewProps;
    if (n.kind === 'theft' || (n.kind === 'tx' && n.fan === null)) return 0;
    if (p.flow.nodes.length > manyNodes) return labelOfMany;
    const l = labelOf(n, policyIndex(p.flow, 'poison'), p.amountText, messages.flow);
    const signs = n.fan === null ? l.name.length + l.value.length + 1 : 0;
    return Math.min(labelMost, signs * letterWidth);
  }

  private contentOf(l: Laid): Content {
    const p = this.props as FlowViewProps;
    const at = policyIndex(l.flow, p.policy);
    const labels: Label[] = []; // made when they are needed
    const scene = sceneOf(l.model, l.shape, l.placement, { policy: p.policy, selected: p.selected, path: p.path ?? null, cutTime: p.cutTime });
    return {
      model: l.model, scene, palette: this.palette, say: messages.flow, amountText: p.amountText,
      words: {
        label: (v) => (labels[v] ??= labelOf(l.model.nodes[v]!, at, p.amountText, messages.flow)),
        weight: weigh(l.model, p.policy).node,
        hovered: this.content?.words.hovered ?? -1,
        pinned: new Set((p.pinned ?? []).map((id) => l.model.at.get(id) ?? -1)),
      },
    };
  }

  private restyle(themeChanged: boolean) {
    const l = this.laid as Laid;
    this.content = this.contentOf(l);
    if (this.stage === null) this.drawStill();
    else void this.stage.restyle(this.content, themeChanged);
  }

  private opened(id: string | null) {
    this.lastOpened = id;
    if (id !== null) this.props?.onOpen(id);
  }

  private hovered(v: number) {
    this.stage?.hoverChanged(v);
    this.props?.onHover?.(this.idOf(v));
  }

  private idOf(v: number): string | null {
    return this.laid?.model.nodes[v]?.id ?? null;
  }

  private tellAxis() {
    const [l, look] = [this.laid, this.stage?.look() ?? (this.stage === null ? { zoom: 1, x: 0 } : null)];
    if (l === null || look === null || this.props?.onAxis === undefined) return;
    const axis: Axis = {
      times: [...l.placement.tickTime, Math.max(l.flow.tip.time ?? 0, l.flow.time_to)],
      x: [...l.placement.tickX, l.placement.nowX].map((x) => x * look.zoom + look.x),
    };
    this.props.onAxis(axis);
  }

  private resized() {
    this.stage?.resized();
    clearTimeout(this.timer);
    const { width, height } = this.size();
    const same = Math.abs(width - this.laidIn.width) < 2 && Math.abs(height - this.laidIn.height) < 2;
    if (this.laid === null || same) return;
    this.timer = setTimeout(() => void this.layOut(), restMs);
  }

  // drawStill shows the picture as SVG, built by a parser and not as markup in place.
  private drawStill() {
    if (this.content === null) return;
    const parsed = new DOMParser().parseFromString(svgOfFlow(this.content, this.content.words, []).text, 'image/svg+xml');
    const holder = document.createElement('div');
    holder.className = 'flow-still';
    holder.append(document.importNode(parsed.documentElement, true));
    this.box.replaceChildren(holder);
  }

  private async drawnStill(caption: string[]): Promise<HTMLCanvasElement> {
    const canvas = document.createElement('canvas');
    if (this.content === null) return canvas;
    const drawing = svgOfFlow(this.content, this.content.words, caption);
    canvas.width = drawing.width;
    canvas.height = drawing.height;
    canvas.getContext('2d')?.drawImage(await rasterised(drawing.text, drawing.width), 0, 0);
    return canvas;
  }

  private writeCaption(c: CanvasRenderingContext2D, width: number, caption: string[]) {
    c.fillStyle = this.palette.surface ?? '';
    c.fillRect(0, 0, width, captionHeight(caption));
    caption.forEach((text, i) => {
      c.font = fontOf(i === 0 ? 14 : 12, i === 0 ? 600 : 400);
      c.fillStyle = this.palette[i === 0 ? 'ink' : 'ink-2'] ?? '';
      c.fillText(text, 12, 5 + (i + 1) * 18);
    });
  }
}

function captionHeight(caption: string[]): number {
  return caption.length === 0 ? 0 : caption.length * 18 + 20;
}

function looksDifferent(a: FlowViewProps, b: FlowViewProps): boolean {
  return a.policy !== b.policy || a.theme !== b.theme || a.selected !== b.selected || a.path !== b.path
    || a.cutTime !== b.cutTime || a.pinned !== b.pinned || a.amountText !== b.amountText;
}
