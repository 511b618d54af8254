// The rail at the left: one panel at a time, beside the canvas.

import { emptied, h, svg, typing } from "./dom.js";
import { Files } from "./files.js";
import { Cost, Export } from "./export.js";
import { Sheet } from "./sheet.js";

// Icons of 16 units, drawn with a line of 1.5.
const RAIL = [
  ["files", "Files", "M2.5 4.5v8h11v-7h-6l-1.5-2h-3.5z"],
  ["cost", "Costs", "M3 13V8M8 13V3M13 13v-7"],
  ["export", "Export", "M8 9.5v-7M5 5l3-3 3 3M3 8.5v5h10v-5"],
  ["train", "Train", "M2.5 3v10.5h11M4.5 5c1.5 5 4 6 8.5 6"],
];

// Where the panel that trains ends, which Panel lays out (`editor/app.py`).
const TRAIN = 544;

class Side {
  constructor(model) {
    this.model = model;
    this.shown = "";
    this.sheet = new Sheet(this);
    this.panels = { files: new Files(this), cost: new Cost(this), export: new Export(this) };
    this.buttons = new Map(RAIL.map(([name, label, d]) => [name, this.tab(name, label, d)]));
    this.drawer = h("section", { class: "drawer", hidden: true });
    this.notice = h("div", { class: "notice", role: "status", hidden: true });
    this.root = h("div", { class: "side" }, h("nav", { class: "rail", "aria-label": "Panels" }, ...this.buttons.values()),
      this.drawer, this.notice, this.sheet.element);
    this.follow();
    model.on("msg:custom", (event) => this.receive(JSON.parse(event.data ?? event)));
    this.visited = () => this.send({ visit: location.search });
    addEventListener("popstate", this.visited);
    model.on("remove", () => removeEventListener("popstate", this.visited));
    if (model.start) this.receive(JSON.parse(model.start));
    this.root.addEventListener("keydown", (event) => this.pressed(event));
  }

  tab(name, label, d) {
    const drawn = svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d }));
    return h("button", { type: "button", "aria-pressed": "false", onclick: () => this.show(this.shown === name ? "" : name) }, drawn, label);
  }

  pressed(event) {
    if (this.sheet.element.open) return;
    if (event.key === "Escape") this.show("");
    if (typing(event) || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    this.send({ ask: event.shiftKey ? "redo" : "undo" });
  }

  // The theme is chosen on the canvas.
  follow() {
    const take = () => (this.root.dataset.theme = document.documentElement.dataset.theme ?? "light");
    new MutationObserver(take).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    take();
  }

  show(name) {
    this.shown = name;
    for (const [one, tab] of this.buttons) tab.setAttribute("aria-pressed", String(one === name));
    const panel = this.panels[name];
    this.drawer.hidden = !panel;
    if (panel) {
      this.drawer.setAttribute("aria-label", name);
      emptied(this.drawer, panel.element);
      const away = h("button", { type: "button", class: "away", "aria-label": "Close the panel", onclick: () => this.show("") }, "×");
      if (!panel.element.querySelector("h2 .away")) panel.element.querySelector("h2").append(away);
    }
    const { right } = this.drawer.getBoundingClientRect();
    document.documentElement.dataset.covered = { "": 0, train: TRAIN }[name] ?? right;
    this.send({ show: name });
  }

  send(message) {
    this.model.send_msg(JSON.stringify(message));
  }

  receive({ state = {}, reply = {}, say }) {
    for (const [name, found] of Object.entries(state)) this.panels[name]?.fill(found);
    if (say) this.say(say);
    if (reply.fail) this.say(reply.fail, { bad: true });
    if (reply.say) this.say(reply.say, { undo: reply.undo });
    if (reply.save) save(reply.save);
    if (reply.link) this.copy(reply.link);
    if (reply.comparison) this.sheet.compare(reply.comparison);
  }

  say(text, { bad = false, undo = null } = {}) {
    const taken = () => {
      this.notice.hidden = true;
      this.send({ panel: "files", ...undo });
    };
    emptied(this.notice, h("span", {}, text), undo && h("button", { type: "button", class: "take-back", onclick: taken }, "Undo"),
      h("button", { type: "button", class: "away", "aria-label": "Close", onclick: () => (this.notice.hidden = true) }, "×"));
    this.notice.classList.toggle("bad", bad);
    this.notice.hidden = false;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => (this.notice.hidden = true), undo || bad ? 20000 : 8000);
  }

  // Where the browser gives no clipboard, the link is shown to be copied by hand.
  async copy(text) {
    const address = `${location.origin}${location.pathname}?c=${text}`;
    try {
      await navigator.clipboard.writeText(address);
      this.say("The link is on the clipboard: whoever opens it gets a copy of this circuit.");
    } catch {
      this.sheet.link(address);
    }
  }
}

function save({ name, text, base64 }) {
  const data = base64 ? Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)) : text;
  const address = URL.createObjectURL(new Blob([data]));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

export function render({ model }) {
  return new Side(model).root;
}
