// The context menu of nodes, of the ground and of parts, and the page of shortcuts.

import { button, emptied, h } from "./dom.js";
import { SHORTCUTS } from "./keys.js";
import { COLOURS } from "./marks.js";

export class Menu {
  constructor(page) {
    this.page = page;
    this.element = h("div", { class: "menu", role: "menu", hidden: true });
    page.store.on("menu", (place) => this.show(place));
    page.store.on("dismiss", () => this.hide());
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  show({ figure, part, clientX, clientY }) {
    const { actions } = this.page;
    const shown = part ? this.page.parts.menu(part) : figure ? this.ofNode(figure, actions) : this.ofGround(actions, clientX, clientY);
    emptied(this.element, shown.map((one) => (one ? item(one, () => this.leave()) : h("hr", {}))));
    this.element.hidden = false;
    const box = this.page.root.getBoundingClientRect();
    const x = Math.min(clientX - box.left, box.width - this.element.offsetWidth - 8);
    const y = Math.min(clientY - box.top, box.height - this.element.offsetHeight - 8);
    this.element.style.translate = `${x}px ${Math.max(8, y)}px`;
    this.element.querySelector("button")?.focus();
  }

  ofNode(figure, actions) {
    const found = [
      figure.opens && { says: figure.open ? "Close" : "Open", shown: "Enter", run: () => actions.open() },
      figure.outs.length && { says: "Connect to …", shown: "W", run: () => actions.wire() },
      figure.outs.length && { says: "Add behind …", shown: "A", run: () => actions.append() },
      figure.outs.length && { says: "Add an output …", shown: "O", run: () => actions.output() },
      null,
      { says: "Rename", shown: "F2", run: () => actions.rename() },
      { says: "Duplicate", shown: "Ctrl D", run: () => actions.duplicate() },
      { says: "Copy", shown: "Ctrl C", run: () => actions.copy() },
      { says: "Disable", shown: "D", run: () => actions.disable() },
      { says: "Make a subcircuit", shown: "Ctrl G", run: () => actions.group() },
      this.page.parts.usable && { says: "Save as a part …", shown: "P", run: () => actions.keep() },
      { says: "Repeat …", run: () => actions.repeat() },
      { says: "Scan along an axis …", run: () => actions.scan() },
      figure.opens && { says: "Put its nodes here", run: () => actions.inline() },
      ...this.arranging(actions),
      null,
      { says: "Frame …", run: () => actions.frame() },
      { swatches: COLOURS, run: (colour) => actions.colour(colour) },
      null,
      { says: "Remove", shown: "Delete", run: () => actions.remove() },
    ];
    const own = figure.kind === "node" ? found : found.filter((one) => one && /^(Connect|Add|Remove)/.test(one.says ?? ""));
    return own.filter((one) => one === null || one);
  }

  // What is done to several nodes, or to one that was dragged.
  arranging(actions) {
    const chosen = actions.nodes();
    const found = [
      chosen.length > 1 && { says: "Align", shown: "L", run: () => actions.align() },
      chosen.length > 2 && { says: "Spread evenly", shown: "E", run: () => actions.spread() },
      chosen.some((one) => this.page.store.state.wished?.includes(one.id)) && { says: "Tidy selection", shown: "Shift T", run: () => actions.untie() },
    ].filter(Boolean);
    return found.length ? [null, ...found] : [];
  }

  ofGround(actions, clientX, clientY) {
    return [
      { says: "Add a node …", shown: "/", run: () => this.page.palette.ask({ clientX, clientY }) },
      { says: "Add an input …", shown: "I", run: () => this.page.faces.addInput() },
      { says: "Add an output …", shown: "O", run: () => this.page.faces.addOutput({}) },
      { says: "Add a note …", run: () => this.page.inspector.addNote(this.page.view.at(clientX, clientY)) },
      { says: "Paste", shown: "Ctrl V", run: () => actions.paste() },
      null,
      { says: "Select all", shown: "Ctrl A", run: () => actions.all() },
      { says: "Fit", shown: "F", run: () => actions.fit() },
      { says: "Tidy", shown: "T", run: () => actions.tidy() },
    ];
  }

  hide() {
    this.element.hidden = true;
  }

  // Who has chosen goes on from the canvas, with the keyboard too.
  leave() {
    this.hide();
    this.page.home();
  }

  key(event) {
    const rows = [...this.element.querySelectorAll("button")];
    const place = rows.indexOf(this.element.getRootNode().activeElement);
    if (event.key === "ArrowDown") rows[(place + 1) % rows.length].focus();
    else if (event.key === "ArrowUp") rows[(place + rows.length - 1) % rows.length].focus();
    else if (event.key === "Escape") {
      this.leave();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function item({ says, shown, run, swatches }, close) {
  if (swatches) {
    const pick = (colour) => h("button", { type: "button", class: "swatch", role: "menuitem", style: `--tint: ${colour || "transparent"}`,
      "aria-label": colour ? `colour ${colour}` : "no colour", onclick: () => (close(), run(colour)) });
    return h("div", { class: "swatches" }, ...["", ...swatches].map(pick));
  }
  const pressed = () => {
    close();
    run();
  };
  return h("button", { type: "button", role: "menuitem", onclick: pressed }, h("span", {}, says), shown && h("kbd", {}, shown));
}

export class Help {
  constructor(page) {
    const groups = Map.groupBy ? Map.groupBy(SHORTCUTS, (one) => one.group) : grouped(SHORTCUTS);
    const shown = [...groups].map(([group, rows]) => h("section", {}, h("h3", {}, group),
      ...rows.map((row) => h("p", {}, h("kbd", {}, row.shown), h("span", {}, row.says)))));
    const mouse = [["Drag from a port", "Draw a wire"], ["Drop a wire on the canvas", "Add what fits"], ["Drop a wire at the right edge", "Add an output"],
      ["Double click", "Add a node, or open a block"],
      ["Drag a node past others", "Change their order"], ["Drag a node sideways", "Hold it in a column"],
      ["Drag on the canvas", "Select"], ["Wheel, or Space and drag", "Pan"], ["Ctrl and wheel", "Zoom"]];
    shown.push(h("section", {}, h("h3", {}, "Mouse"), ...mouse.map(([how, says]) => h("p", {}, h("kbd", {}, how), h("span", {}, says)))));
    this.element = h("div", { class: "sheet", hidden: true, role: "dialog", "aria-label": "Shortcuts" },
      h("div", { class: "sheet-body" }, h("h2", {}, "Shortcuts"), button("Close", "close", () => this.toggle()), h("div", { class: "columns" }, ...shown)));
    this.element.addEventListener("pointerdown", (event) => event.target === this.element && this.toggle());
    page.store.on("dismiss", () => (this.element.hidden = true));
  }

  toggle() {
    this.element.hidden = !this.element.hidden;
  }
}

function grouped(rows) {
  const groups = new Map();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return groups;
}
