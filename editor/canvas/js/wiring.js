// Drawing a wire from a port to another: every port that could take it is green, every other red and says why.

import { h, svg } from "./dom.js";
import { reach } from "./curves.js";

const CATCH = 18;

export class Wiring {
  constructor(stage, store, view, drawing) {
    Object.assign(this, { stage, store, view, drawing });
    this.line = svg("path", { class: "drawn-wire" });
    this.tip = h("div", { class: "tip", role: "status", "aria-live": "polite", hidden: true });
    this.margin = h("div", { class: "new-output" }, "New output");
    stage.append(this.tip, this.margin);
    this.from = null;
    store.on("settled", () => this.from && this.colour());
  }

  get active() {
    return this.from !== null;
  }

  // Begin at an output, or pick up the end of a wire at an input that has one.
  begin(figure, side, place) {
    let start = { figure, port: figure[side === "out" ? "outs" : "ins"][place], taken: null };
    if (side === "in") {
      if (!start.port.wire) return false;
      const maker = this.store.maker(start.port.wire, figure.circuit);
      if (!maker) return false;
      start = { ...maker, taken: { figure, place } };
    }
    this.from = start;
    this.target = null;
    this.verdicts = null;
    this.stage.classList.add("wiring");
    this.margin.hidden = Boolean(start.taken);
    this.drawing.above.append(this.line);
    this.line.setAttribute("d", "");
    this.ready = this.colour();
    return true;
  }

  // Ask what may be connected: asked already when the pointer came near the port.
  async colour() {
    const { figure, port } = this.from;
    const { ports } = await this.store.askOnce(question(figure, port));
    if (!this.from) return;
    this.verdicts = ports;
    for (const [id, handle] of this.drawing.handles) {
      for (const element of handle.querySelectorAll(".port.in")) {
        const reason = ports[`${id}|${element.dataset.place}`];
        element.classList.toggle("fits", reason === "");
        element.classList.toggle("unfit", Boolean(reason));
      }
    }
    if (this.target) this.show(this.target);
  }

  move(clientX, clientY) {
    const [x, y] = this.view.at(clientX, clientY);
    const target = this.nearest(x, y, CATCH / this.view.zoom);
    this.margin.classList.toggle("aimed", !target && this.outside(clientX));
    const { port } = this.from;
    const [tx, ty] = target ? [target.port.x, target.port.y] : [x, y];
    this.line.setAttribute("d", reach(port.x, port.y, tx, ty));
    this.show(target, clientX, clientY);
  }

  // Whether a wire that is dropped here leaves the circuit.
  outside(clientX) {
    const margin = this.margin.getBoundingClientRect();
    return margin.width > 0 && clientX >= margin.left;
  }

  nearest(x, y, within) {
    let best = null;
    for (const figure of this.store.figures()) {
      if (figure.circuit !== this.from.figure.circuit) continue;
      figure.ins.forEach((port, place) => {
        const away = Math.hypot(port.x - x, port.y - y);
        if (away < within) [best, within] = [{ figure, port, place }, away];
      });
    }
    return best;
  }

  // The verdict on the port that is aimed at.
  show(target, clientX, clientY) {
    this.target = target;
    const reason = target && this.verdicts?.[`${target.figure.id}|${target.place}`];
    this.line.classList.toggle("fits", Boolean(target) && reason === "");
    this.line.classList.toggle("unfit", Boolean(reason));
    this.tip.classList.toggle("unfit", Boolean(reason));
    this.tip.hidden = false;
    const { port } = this.from;
    this.tip.textContent = reason || (target && reason === "" ? `Fits: ${target.port.name}` : `${port.name} ${port.type}`);
    const box = this.stage.getBoundingClientRect();
    const [x, y] = target ? this.view.onSurface(target.port.x, target.port.y) : [clientX - box.left, clientY - box.top];
    this.tip.style.translate = `${Math.min(x + 16, Math.max(8, box.width - this.tip.offsetWidth - 8))}px ${y + 16}px`;
  }

  async drop(clientX, clientY) {
    await this.ready;
    if (!this.from) return;
    const { figure, port, taken } = this.from;
    const target = this.target;
    const reason = target && this.verdicts?.[`${target.figure.id}|${target.place}`];
    const leaves = this.outside(clientX);
    this.end(Boolean(reason));
    if (reason) return;
    const commands = [];
    const same = taken && target && taken.figure.id === target.figure.id && taken.place === target.place;
    if (taken && !same) commands.push(disconnect(taken.figure, taken.place));
    if (target && !same) commands.push(connect(port, target));
    if (!target && !taken) this.store.tell(leaves ? "output" : "add", { figure, port, clientX, clientY });
    this.store.doAll(commands, figure.circuit);
  }

  end(keepTip = false) {
    this.from = null;
    this.line.remove();
    this.stage.classList.remove("wiring");
    this.margin.classList.remove("aimed");
    for (const handle of this.drawing.figureLayer.querySelectorAll(".fits, .unfit")) handle.classList.remove("fits", "unfit");
    clearTimeout(this.hiding);
    if (keepTip) this.hiding = setTimeout(() => !this.from && (this.tip.hidden = true), 4000);
    else this.tip.hidden = true;
  }
}

export function question(figure, port) {
  return { ask: "verdict", wire: port.wire, circuit: figure.circuit, figure: figure.id };
}

// An output of the circuit is named, a port of a node numbered.
function end(figure, place) {
  return figure.kind === "output" ? { port: figure.id.slice(4) } : { node: figure.node, port: place };
}

export function connect(port, target) {
  return { do: "Connect", wire: port.wire, ...end(target.figure, target.place) };
}

export function disconnect(figure, place) {
  return { do: "Disconnect", ...end(figure, place) };
}
