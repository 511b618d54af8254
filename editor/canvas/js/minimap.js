// The whole circuit in a corner, with what is seen of it framed; a press moves there.

import { h, svg } from "./dom.js";

const WIDE = 176;
const HIGH = 96;

export class Minimap {
  constructor(page) {
    this.page = page;
    this.boxes = svg("path", { class: "map-boxes" });
    this.frame = svg("rect", { class: "map-frame" });
    this.picture = svg("svg", { width: WIDE, height: HIGH }, this.boxes, this.frame);
    this.element = h("div", { class: "minimap", "aria-hidden": "true" }, this.picture);
    page.stage.append(this.element);
    this.picture.addEventListener("pointerdown", (event) => this.press(event));
    this.picture.addEventListener("pointermove", (event) => event.buttons && this.press(event));
    page.view.onMove(() => this.moved());
    page.store.on("changed", (changed) => changed.figures && this.soon());
  }

  // A gesture does not wait for it.
  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.fill(), 150);
  }

  fill() {
    const { width = 1, height = 1 } = this.page.store.state;
    this.scale = Math.min((WIDE - 16) / Math.max(width, 1), (HIGH - 16) / Math.max(height, 1));
    this.left = (WIDE - width * this.scale) / 2;
    this.top = (HIGH - height * this.scale) / 2;
    const data = this.page.store.figures().filter((one) => one.kind === "node" && !one.open).map(({ box }) => {
      const [x, y] = [this.left + box[0] * this.scale, this.top + box[1] * this.scale];
      return `M${x} ${y}h${Math.max(1.5, (box[2] - box[0]) * this.scale)}v${Math.max(1.5, (box[3] - box[1]) * this.scale)}H${x}z`;
    });
    this.boxes.setAttribute("d", data.join(""));
    this.moved();
  }

  moved() {
    if (!this.scale) return;
    const { width, height } = this.page.store.state;
    const [a, b, c, d] = this.page.view.seen();
    this.element.hidden = a <= 0 && b <= 0 && c >= width && d >= height;
    const place = { x: this.left + a * this.scale, y: this.top + b * this.scale, width: (c - a) * this.scale, height: (d - b) * this.scale };
    for (const [name, value] of Object.entries(place)) this.frame.setAttribute(name, value);
  }

  press(event) {
    event.preventDefault();
    const box = this.picture.getBoundingClientRect();
    const x = (event.clientX - box.left - this.left) / this.scale;
    const y = (event.clientY - box.top - this.top) / this.scale;
    const { view } = this.page;
    const { width, height } = view.size();
    view.pan(width / 2 - view.x - x * view.zoom, height / 2 - view.y - y * view.zoom);
  }
}
