// The program beside the canvas: lines of what is selected are lit, and a press on a line selects its node.

import { button, emptied, h } from "./dom.js";

export class Code {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.lines = h("pre", { class: "code", tabindex: 0, "aria-label": "Program" });
    this.says = h("p", { class: "problem", hidden: true });
    this.element = h("div", { class: "code-panel" },
      h("div", { class: "code-tools" }, h("span", { class: "note" }, "PyTorch"),
        button("Copy", "copy", () => navigator.clipboard?.writeText(this.source ?? "")), button("Download", "save", () => this.download())),
      this.says, this.lines);
    this.lines.addEventListener("click", (event) => this.pressed(event));
    this.store.on("selected", () => this.light());
  }

  async refresh() {
    if (this.rev === this.store.rev) return;
    const rev = (this.rev = this.store.rev);
    const found = await this.store.ask({ ask: "code" });
    if (this.rev !== rev) return;
    this.says.hidden = !found.refusal;
    this.says.textContent = found.refusal ?? "";
    // a circuit that is broken keeps the last program, pale
    this.lines.classList.toggle("old", Boolean(found.refusal));
    if (found.refusal) return;
    this.show(found);
  }

  show({ source, pieces, lines }) {
    this.source = source;
    this.of = lines;
    const byLine = new Map();
    for (const piece of pieces) byLine.set(piece[0], [...(byLine.get(piece[0]) ?? []), piece]);
    const rows = source.split("\n").map((line, number) => h("span", { class: "line", "data-line": number }, coloured(line, byLine.get(number) ?? [])));
    emptied(this.lines, rows);
    this.light();
  }

  light() {
    if (!this.of) return;
    for (const line of this.lines.querySelectorAll(".lit")) line.classList.remove("lit");
    const found = [...this.store.selection].flatMap((id) => this.of[id] ?? []);
    for (const number of found) this.lines.children[number]?.classList.add("lit");
    const last = this.lines.children[Math.max(...found, -1)];
    if (found.length && this.page.panels.shown === "Code" && !this.pressing) last?.scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    const line = Number(event.target.closest?.(".line")?.dataset.line ?? -1);
    const owners = Object.entries(this.of ?? {}).filter(([, lines]) => lines.includes(line)).map(([id]) => id);
    if (!owners.length) return;
    this.pressing = true;
    this.store.select(owners);
    this.page.view.reveal(this.store.state.figures[owners[0]].box);
    this.pressing = false;
  }

  download() {
    const address = URL.createObjectURL(new Blob([this.source ?? ""], { type: "text/x-python" }));
    h("a", { href: address, download: `${this.store.state.title}.py` }).click();
    URL.revokeObjectURL(address);
  }
}

function coloured(line, pieces) {
  const found = [];
  let place = 0;
  for (const [, start, end, kind] of pieces) {
    const last = end < 0 ? line.length : end;
    found.push(line.slice(place, start), h("span", { class: kind }, line.slice(start, last)));
    place = last;
  }
  found.push(`${line.slice(place)}\n`);
  return found;
}
