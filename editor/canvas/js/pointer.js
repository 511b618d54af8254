// What the mouse does on the canvas: select, marquee, drag, wire, pan.

import { svg } from "./dom.js";
import { Move } from "./move.js";
import { question } from "./wiring.js";

const STILL = 4;

export class Pointer {
  constructor(stage, surface, store, view, drawing, wiring) {
    Object.assign(this, { stage, surface, store, view, drawing, wiring });
    this.gesture = null;
    this.space = false;
    surface.addEventListener("pointerdown", (event) => this.down(event));
    surface.addEventListener("pointermove", (event) => this.move(event));
    surface.addEventListener("pointerup", (event) => this.up(event));
    surface.addEventListener("pointercancel", () => this.cancel());
    surface.addEventListener("dblclick", (event) => this.twice(event));
    surface.addEventListener("contextmenu", (event) => this.menu(event));
    surface.addEventListener("pointerover", (event) => this.prefetch(event));
    this.marquee = svg("rect", { class: "marquee" });
  }

  hit(event) {
    const port = event.target.closest?.(".port");
    const handle = event.target.closest?.(".figure");
    const figure = handle ? this.store.state.figures[handle.dataset.id] : null;
    return { figure, port: port ? { side: port.dataset.side, place: Number(port.dataset.place) } : null };
  }

  // Verdicts are asked for when the pointer comes near a port, so that a drag finds them there.
  prefetch(event) {
    const { figure, port } = this.hit(event);
    if (figure && port?.side === "out" && !this.gesture) this.store.askOnce(question(figure, figure.outs[port.place]));
  }

  down(event) {
    this.surface.focus({ preventScroll: true });
    this.store.tell("dismiss");
    const start = { x: event.clientX, y: event.clientY, pointer: event.pointerId };
    if (event.button === 1 || (event.button === 0 && this.space)) return this.begin(event, { ...start, kind: "pan" });
    if (event.button !== 0) return;
    const { figure, port } = (this.last = this.hit(event));
    if (port && this.wiring.begin(figure, port.side, port.place)) return this.begin(event, { ...start, kind: "wire", id: figure.id });
    if (figure) {
      const added = event.shiftKey || event.ctrlKey || event.metaKey;
      if (added) this.store.toggle(figure.id);
      else if (!this.store.selection.has(figure.id)) this.store.select([figure.id]);
      this.begin(event, { ...start, kind: figure.open ? "block" : "node", id: figure.id, added });
      return;
    }
    const [x, y] = this.view.at(event.clientX, event.clientY);
    const wire = this.drawing.wireAt(x, y, 6 / this.view.zoom);
    if (wire) return this.store.select([wire], event.shiftKey);
    if (!event.shiftKey) this.store.select([]);
    this.begin(event, { ...start, kind: "marquee" });
  }

  begin(event, gesture) {
    event.preventDefault();
    this.gesture = gesture;
    this.surface.setPointerCapture(event.pointerId);
    if (gesture.kind === "pan") this.stage.classList.add("panning");
  }

  move(event) {
    const gesture = this.gesture;
    if (!gesture) return;
    const [dx, dy] = [event.clientX - gesture.x, event.clientY - gesture.y];
    if (gesture.kind === "wire") {
      gesture.moved ||= Math.hypot(dx, dy) >= STILL;
      return this.wiring.move(event.clientX, event.clientY);
    }
    if (gesture.kind === "pan") {
      this.view.pan(dx, dy);
      [gesture.x, gesture.y] = [event.clientX, event.clientY];
      return;
    }
    if (!gesture.moved && Math.hypot(dx, dy) < STILL) return;
    gesture.moved = true;
    if (gesture.kind === "node" || (gesture.kind === "block" && this.store.selection.size > 1)) {
      gesture.drag ??= new Move(this.store, this.drawing, [...this.store.selection]);
      gesture.drag.to(dx / this.view.zoom, dy / this.view.zoom);
      return;
    }
    this.frame(gesture, event);
  }

  frame(gesture, event) {
    const [ax, ay] = this.view.at(gesture.x, gesture.y);
    const [bx, by] = this.view.at(event.clientX, event.clientY);
    gesture.box = [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
    const [left, top, right, bottom] = gesture.box;
    this.drawing.above.append(this.marquee);
    for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) {
      this.marquee.setAttribute(name, value);
    }
  }

  up(event) {
    const gesture = this.gesture;
    if (!gesture) return;
    this.gesture = null;
    this.stage.classList.remove("panning");
    if (gesture.kind === "wire" && gesture.moved) return this.wiring.drop(event.clientX, event.clientY);
    if (gesture.kind === "wire") this.wiring.end();
    if (gesture.drag) return gesture.drag.drop();
    this.marquee.remove();
    if (gesture.box) return this.enclosed(gesture.box, event.shiftKey);
    if (gesture.id && !gesture.added && !gesture.moved) this.store.select([gesture.id]);
  }

  enclosed([left, top, right, bottom], add) {
    const found = this.store.figures().filter(({ box, open, kind, circuit }) =>
      kind === "node" && !circuit && (open
        ? box[0] >= left && box[2] <= right && box[1] >= top && box[3] <= bottom
        : box[0] < right && box[2] > left && box[1] < bottom && box[3] > top));
    this.store.select(found.map((figure) => figure.id), add);
  }

  cancel() {
    this.gesture?.drag?.cancel();
    this.marquee.remove();
    this.stage.classList.remove("panning");
    this.wiring.end();
    this.gesture = null;
  }

  twice(event) {
    // the surface holds the pointer, so the event itself does not know where it was pressed
    const { figure } = this.last ?? {};
    if (!figure) return this.store.tell("add", { clientX: event.clientX, clientY: event.clientY });
    if (figure.opens) this.store.do({ do: figure.open ? "Collapse" : "Open", path: figure.id });
  }

  menu(event) {
    event.preventDefault();
    const { figure } = this.hit(event);
    if (figure && !this.store.selection.has(figure.id)) this.store.select([figure.id]);
    this.store.tell("menu", { figure, clientX: event.clientX, clientY: event.clientY });
  }
}
