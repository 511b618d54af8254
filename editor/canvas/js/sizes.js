// The panel of sizes: every axis and size with its number, its role and what it means.

import { emptied, h } from "./dom.js";
import { text } from "./inspector.js";

export class Sizes {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.element = h("div", { class: "sizes" });
    this.store.on("changed", (changed) => (changed.sizes || changed.roles) && this.fill());
    // Enter stays in the field, as the next one is a step away; Escape leads back to the canvas
    this.element.addEventListener("done", (event) => {
      if (event.detail === "Escape") return;
      event.stopPropagation();
      event.target.select?.();
    });
  }

  fill() {
    const { sizes = [] } = this.store.state;
    const kept = this.typing();
    emptied(this.element, ...sizes.map((size) => this.size(size)));
    if (!sizes.length) this.element.append(h("p", { class: "none" }, "No sizes yet."));
    if (kept) this.resume(kept);
  }

  // What is being typed in is made anew with the others, so it is remembered.
  typing() {
    const active = this.element.getRootNode().activeElement;
    if (!active || !this.element.contains(active)) return null;
    active.dataset.gone = "yes";
    const { value, selectionStart: start, selectionEnd: end } = active;
    return { label: active.getAttribute("aria-label"), value, start, end };
  }

  resume({ label, value, start, end }) {
    const found = this.element.querySelector(`[aria-label="${CSS.escape(label)}"]`);
    if (!found) return;
    found.value = value;
    found.focus({ preventScroll: true });
    if (start !== undefined && start !== null) found.setSelectionRange(start, end);
  }

  size(size) {
    const says = text(size.says, (value) => this.store.do({ do: "SetAxis", name: size.name, doc: value }), `meaning of ${size.name}`);
    says.placeholder = "What it counts";
    return h("div", { class: "size", role: "group", "aria-label": size.name },
      h("span", { class: "axis" }, size.name),
      size.free ? this.number(size) : h("span", { class: "followed" }, size.formula === String(size.number) ? size.formula : `${size.formula} = ${size.number ?? "?"}`),
      size.axis && this.role(size), size.axis && says);
  }

  role(size) {
    const options = (this.store.state.roles ?? []).map((role) => h("option", { value: role, ...(role === size.role && { selected: true }) }, role));
    return h("select", { "aria-label": `role of ${size.name}`, title: "What kind of axis it is",
      onchange: (event) => this.store.do({ do: "SetAxis", name: size.name, role: event.target.value }) }, ...options);
  }

  number(size) {
    const taken = (value) => {
      const number = value.trim() === "" ? null : Number(value);
      if (number === null || Number.isInteger(number)) this.store.do({ do: "SetSize", name: size.name, value: number });
      else this.page.toast(`${size.name}: expected a whole number, found '${value}'. Write digits only.`);
    };
    const input = text(size.given ?? "", taken, `size ${size.name}`);
    input.placeholder = size.default ?? "open";
    input.inputMode = "numeric";
    return input;
  }
}
