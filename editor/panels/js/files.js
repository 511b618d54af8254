// Files: the open document with its versions, the other documents, and the gallery.

import { button, emptied, h } from "./dom.js";

export class Files {
  constructor(side) {
    this.side = side;
    this.body = h("div", { class: "drawer-body" });
    this.upload = h("input", { type: "file", accept: ".json", hidden: true, onchange: () => this.take(this.upload.files[0]) });
    this.element = h("div", { class: "files" }, h("h2", {}, "Files"), this.upload, this.body);
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => this.dropped(event));
  }

  send(message) {
    this.side.send({ panel: "files", ...message });
  }

  fill(state) {
    this.state = state;
    const { current, documents } = state;
    const open = documents.find((one) => one.name === current);
    const rest = documents.filter((one) => one.name !== current);
    emptied(this.body, this.head(open ?? { name: current, revision: 0 }), this.versions(),
      h("h3", {}, "Documents"), rest.length ? h("ul", {}, rest.map((one) => this.row(one))) : h("p", { class: "none" }, "No others yet."),
      this.fresh(), state.user && this.user(state.user));
  }

  user(name) {
    return h("p", { class: "hint user" }, `Logged in as ${name}. `, h("a", { href: "logout" }, "Log out"));
  }

  head(one) {
    const name = h("input", { type: "text", value: one.name, "aria-label": "Name of the document", onchange: () => this.send({ do: "rename", name: one.name, to: name.value }) });
    const saved = one.revision ? `Saved with every gesture, ${one.revision} so far` : "Saved with every gesture";
    return h("div", { class: "open-document" }, name, h("p", { class: "hint" }, saved),
      h("div", { class: "row-buttons" }, this.action("Copy link", { do: "share" }), this.action("Download", { do: "save" }),
        this.action("Duplicate", { do: "duplicate", name: one.name }), this.action("Delete", { do: "remove", name: one.name })));
  }

  versions() {
    const { versions, documents, current } = this.state;
    const name = h("input", { type: "text", placeholder: "Name this version", "aria-label": "Name of the version" });
    const keep = (event) => {
      event.preventDefault();
      this.send({ do: "keep", name: name.value });
    };
    const others = documents.filter((one) => one.name !== current).map((one) => h("option", { value: `document:${one.name}` }, one.name));
    const against = h("select", { "aria-label": "Compare with a document", onchange: () => against.value && this.send({ do: "compare", before: against.value }) },
      h("option", { value: "" }, "Compare with a document…"), ...others);
    return h("div", { class: "versions" }, h("h3", {}, "Versions"),
      h("form", { class: "one-line", onsubmit: keep }, name, h("button", { type: "submit", class: "action" }, "Keep")),
      h("ul", {}, [...versions].reverse().map((one) => this.version(one))), others.length > 0 && against);
  }

  version(one) {
    return h("li", { class: "file" }, h("button", { type: "button", class: "link", title: "What has changed since", onclick: () => this.send({ do: "compare", before: `version:${one.name}` }) },
      h("span", { class: "file-name" }, one.name), h("span", { class: "note" }, ago(one.made))),
      button("Compare with now", "diff", () => this.send({ do: "compare", before: `version:${one.name}` })),
      button("Open as a document", "open", () => this.send({ do: "recall", name: one.name })));
  }

  row(one) {
    return h("li", { class: "file" }, h("button", { type: "button", class: "link", onclick: () => this.send({ do: "open", name: one.name }) },
      h("span", { class: "file-name" }, one.name), h("span", { class: "note" }, ago(one.changed))),
      button(`Duplicate ${one.name}`, "copy", () => this.send({ do: "duplicate", name: one.name })),
      button(`Delete ${one.name}`, "close", () => this.send({ do: "remove", name: one.name })));
  }

  fresh() {
    const chosen = h("select", { "aria-label": "New from the gallery", onchange: () => chosen.value && this.send({ do: "new", gallery: chosen.value }) },
      h("option", { value: "" }, "New from the gallery…"), ...this.state.gallery.map((one) => h("option", { value: one.name, title: one.title }, one.name.replaceAll("_", " "))));
    return h("div", { class: "fresh" }, h("h3", {}, "New"), chosen, h("div", { class: "row-buttons" }, this.action("Empty circuit", { do: "new" }),
      h("button", { type: "button", class: "action", onclick: () => this.upload.click() }, "Open a file…")),
      h("p", { class: "hint" }, "Or drop a *.circuit.json here."));
  }

  action(label, message) {
    return h("button", { type: "button", class: "action", onclick: () => this.send(message) }, label);
  }

  dropped(event) {
    event.preventDefault();
    this.take(event.dataTransfer.files[0]);
  }

  async take(file) {
    this.upload.value = "";
    if (file) this.send({ do: "import", name: file.name, text: await file.text() });
  }
}

function ago(time) {
  const seconds = (Date.now() - new Date(time)) / 1000;
  const units = [[86400, "day"], [3600, "hour"], [60, "minute"]];
  const found = units.find(([length]) => seconds >= length);
  if (!found) return "just now";
  const count = Math.floor(seconds / found[0]);
  return `${count} ${found[1]}${count === 1 ? "" : "s"} ago`;
}
