// What a person adds to a picture without changing its meaning: frames, notes, colours; and what is disabled.

import { svg } from "./dom.js";

export const COLOURS = ["#f0b429", "#e5673f", "#d6409f", "#7c66dc", "#2f6fed", "#12a594", "#46a758"];
const WIDE = 176;

export class Marks {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.back = svg("g", { class: "frames" });
    this.front = svg("g", { class: "notes" });
    page.drawing.layers.ground.after(this.back);
    page.drawing.above.before(this.front);
    this.store.on("changed", (changed) => {
      if (["figures", "frames", "notes", "colours", "disabled"].some((part) => changed[part])) this.fill();
    });
  }

  fill() {
    const { frames = {}, notes = {}, colours = {}, disabled = [] } = this.store.state;
    this.back.replaceChildren(...Object.entries(frames).map(([id, frame]) => this.frame(id, frame)).filter(Boolean));
    this.front.replaceChildren(...Object.entries(notes).map(([id, note]) => this.note(id, note)));
    // only what is marked now or was before is touched: there may be thousands
    const marked = new Set([...Object.keys(colours), ...disabled]);
    for (const id of new Set([...marked, ...(this.marked ?? [])])) {
      const handle = this.page.drawing.handles.get(id);
      handle?.style.setProperty("--tint", colours[id] ?? "");
      handle?.classList.toggle("tinted", id in colours);
      handle?.classList.toggle("disabled", disabled.includes(id));
      this.page.drawing.elements.get(`node:${id}`)?.classList.toggle("disabled", disabled.includes(id));
    }
    this.marked = marked;
  }

  frame(id, { nodes, title, colour }) {
    const boxes = nodes.map((name) => this.store.state.figures[name]?.box).filter(Boolean);
    if (!boxes.length) return null;
    const [left, top, right, bottom] = [0, 1, 2, 3].map((side) => Math[side < 2 ? "min" : "max"](...boxes.map((box) => box[side])));
    const style = colour ? `--tint: ${colour}` : undefined;
    const edit = () => this.page.name("Title of the frame, empty to remove it", title || "Frame", (said) => this.store.do({
      do: "Frame", id, title: said, nodes: nodes.map((name) => this.store.state.figures[name]?.node).filter(Boolean), ...(colour && { colour }) }),
      () => this.store.do({ do: "Frame", id }));
    return svg("g", { class: "frame", style, ondblclick: edit },
      svg("rect", { x: left - 16, y: top - 32, width: right - left + 32, height: bottom - top + 48, rx: 8 }),
      svg("text", { x: left - 6, y: top - 16 }, title));
  }

  note(id, { text, at, node }) {
    const box = this.store.state.figures[node]?.box;
    const [x, y] = box ? [box[0], box[3] + 12] : at ?? [0, 0];
    const lines = wrapped(text);
    const height = 16 + lines.length * 16;
    const group = svg("g", { class: "memo", transform: `translate(${x} ${y})`, tabindex: 0, role: "note", "aria-label": `note: ${text}` },
      svg("rect", { width: WIDE, height, rx: 4 }),
      ...lines.map((line, number) => svg("text", { x: 8, y: 20 + 16 * number }, line)));
    const edit = () => this.page.name("Text of the note", text, (said) => this.store.do({ do: "Note", id, text: said }),
      () => this.store.do({ do: "Note", id, text: "" }));
    group.addEventListener("dblclick", (event) => {
      event.stopPropagation();
      edit();
    });
    group.addEventListener("keydown", (event) => event.key === "Enter" && (event.stopPropagation(), edit()));
    group.addEventListener("pointerdown", (event) => this.drag(event, group, id, [x, y]));
    return group;
  }

  drag(event, group, id, [x, y]) {
    event.stopPropagation();
    group.setPointerCapture(event.pointerId);
    const start = this.page.view.at(event.clientX, event.clientY);
    let at = null;
    const move = (next) => {
      const [px, py] = this.page.view.at(next.clientX, next.clientY);
      at = [x + px - start[0], y + py - start[1]];
      group.setAttribute("transform", `translate(${at[0]} ${at[1]})`);
    };
    group.addEventListener("pointermove", move);
    group.addEventListener("pointerup", () => {
      group.removeEventListener("pointermove", move);
      if (at) this.store.do({ do: "Note", id, text: this.store.state.notes[id].text, at: at.map(Math.round) });
    }, { once: true });
  }
}

// Words in lines of about 26 letters.
function wrapped(text) {
  const lines = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line && line.length + word.length > 25) {
        lines.push(line);
        line = "";
      }
      line += `${line ? " " : ""}${word}`;
    }
    lines.push(line);
  }
  return lines.slice(0, 20);
}
