// The bar above the canvas, and the zoom in its corner.

import { button, emptied, h, icon } from "./dom.js";

export class Bar {
  constructor(page) {
    this.page = page;
    const { actions, store } = page;
    this.title = h("h1", {});
    this.about = h("span", { class: "about" });
    this.undo = button("Undo (Ctrl Z)", "undo", () => actions.undo());
    this.redo = button("Redo (Ctrl Shift Z)", "redo", () => actions.redo());
    this.theme = button("Dark or light", "moon", () => this.flip());
    this.element = h("header", { class: "bar" },
      h("span", { class: "brand" }, mark(), "Circuitloom"),
      h("span", { class: "names" }, this.title, this.about),
      h("span", { class: "tools" }, this.undo, this.redo, h("i", { class: "rule" }),
        button("Add a node (/)", "plus", () => actions.palette()), button("Find (Ctrl F)", "search", () => actions.find()),
        h("i", { class: "rule" }), page.heat.choice, h("i", { class: "rule" }), this.theme, button("Shortcuts (?)", "help", () => actions.help())));
    this.share = h("button", { type: "button", class: "share", title: "Fit the circuit (F)", onclick: () => page.fit() });
    page.stage.append(h("div", { class: "zoom", role: "group", "aria-label": "Zoom" },
      button("Zoom out (−)", "minus", () => actions.smaller()), this.share, button("Zoom in (+)", "plus", () => actions.larger()),
      button("Fit (F)", "fit", () => actions.fit())));
    page.view.onMove(() => (this.share.textContent = `${Math.round(page.view.zoom * 100)} %`));
    store.on("changed", () => this.fill());
  }

  fill() {
    const { title = "", about = "", history = {}, theme } = this.page.store.state;
    this.title.textContent = title;
    this.about.textContent = about;
    this.undo.disabled = !history.undo;
    this.redo.disabled = !history.redo;
    if (!this.chosen) this.set(theme || remembered());
  }

  flip() {
    this.chosen = true;
    this.set(this.page.root.dataset.theme === "dark" ? "light" : "dark");
    localStorage.setItem("circuitloom-theme", this.page.root.dataset.theme);
  }

  set(name) {
    this.page.theme(name);
    document.documentElement.dataset.theme = name;
    emptied(this.theme, icon(name === "dark" ? "sun" : "moon"));
  }
}

// What was chosen last, else what the reader's system has.
function remembered() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return localStorage.getItem("circuitloom-theme") ?? (dark ? "dark" : "light");
}

function mark() {
  const made = icon("fit");
  made.classList.add("mark");
  made.firstChild.setAttribute("d", "M1 5h4c3 0 3 6 6 6h4M1 11h4c3 0 3-6 6-6h4M1 8h14");
  return made;
}
