// A box to search in: ops to add, commands to run, ports to connect. Arrows choose, Enter takes, Escape leaves.

import { emptied, h } from "./dom.js";

export class SearchBox {
  constructor(stage) {
    this.stage = stage;
    this.input = h("input", { type: "text", "aria-label": "Search", autocomplete: "off", spellcheck: "false",
      role: "combobox", "aria-expanded": "true", "aria-controls": "search-list" });
    this.list = h("ul", { class: "entries", role: "listbox", id: "search-list" });
    this.hint = h("p", { class: "hint" });
    this.box = h("div", { class: "search-box", role: "dialog", "aria-label": "Search", hidden: true }, this.input, this.hint, this.list);
    stage.append(this.box);
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("pointerdown", (event) => event.stopPropagation());
  }

  get open() {
    return !this.box.hidden;
  }

  // `find(text)` gives entries {label, note, says, take}; the box stands at a place of the stage or at its top.
  show({ placeholder, hint = "", value = "", find, at = null }) {
    this.find = find;
    this.input.value = value;
    this.input.placeholder = placeholder;
    this.hint.textContent = hint;
    this.hint.hidden = !hint;
    emptied(this.list);
    this.box.hidden = false;
    const { width, height } = this.stage.getBoundingClientRect();
    const [x, y] = at ?? [width / 2 - 180, 72];
    this.box.style.translate = `${Math.max(8, Math.min(x, width - 368))}px ${Math.max(8, Math.min(y, height - 432))}px`;
    this.input.focus();
    this.input.select();
    this.search();
  }

  hide() {
    if (this.box.hidden) return;
    this.box.hidden = true;
    this.find = null;
  }

  async search() {
    const text = this.input.value;
    const find = this.find;
    const entries = await find(text);
    if (this.find !== find || this.input.value !== text) return;
    this.entries = entries;
    this.place = 0;
    emptied(this.list, entries.map((entry, place) => this.row(entry, place)));
    if (!entries.length) this.list.append(h("li", { class: "none" }, "Nothing fits."));
    this.mark();
  }

  row(entry, place) {
    return h("li", { role: "option", id: `entry-${place}`, onclick: () => this.take(place, true), onpointermove: () => this.point(place) },
      h("span", { class: "label" }, entry.label), entry.note && h("span", { class: "note" }, entry.note),
      entry.says && h("span", { class: "says" }, entry.says));
  }

  point(place) {
    if (this.place === place) return;
    this.place = place;
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((row, place) => {
      row.setAttribute("aria-selected", String(place === this.place));
      if (place === this.place) row.scrollIntoView({ block: "nearest" });
    });
    this.input.setAttribute("aria-activedescendant", `entry-${this.place}`);
  }

  key(event) {
    event.stopPropagation();
    const count = this.entries?.length ?? 0;
    if (event.key === "ArrowDown") this.point(Math.min(count - 1, this.place + 1));
    else if (event.key === "ArrowUp") this.point(Math.max(0, this.place - 1));
    else if (event.key === "Enter") this.chosen();
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
  }

  // What is shown may still be that of fewer letters.
  async chosen() {
    await this.search();
    this.take(this.place);
  }

  take(place, byMouse = false) {
    const entry = this.entries?.[place];
    if (!entry) return;
    this.leave();
    entry.take(byMouse);
  }

  leave() {
    this.hide();
    this.stage.querySelector(".surface").focus({ preventScroll: true });
  }
}
