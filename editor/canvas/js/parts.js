// Parts of one's own: nodes are kept under a name, and stand in the palette of every document of the workspace.

import { emptied, h } from "./dom.js";

export class Parts {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.name = h("input", { type: "text", "aria-label": "Name of the part", autocomplete: "off", spellcheck: "false", maxlength: 80, oninput: () => this.blame() });
    this.words = h("input", { type: "text", "aria-label": "What it does", autocomplete: "off", placeholder: "optional", maxlength: 200 });
    this.hint = h("p", { class: "hint" });
    this.reason = h("p", { class: "problem", role: "alert", hidden: true });
    this.instead = h("button", { type: "button", class: "action", hidden: true, onclick: () => this.send(true) }, "Replace it");
    this.form = h("form", { class: "part-form", role: "dialog", "aria-label": "Save as a part", hidden: true, onsubmit: (event) => (event.preventDefault(), this.send()) },
      h("h2", {}, "Save as a part"),
      h("label", { class: "field" }, h("span", { class: "field-name" }, "Name"), this.name),
      h("label", { class: "field" }, h("span", { class: "field-name" }, "What it does"), this.words),
      this.hint, this.reason,
      h("div", { class: "row-buttons" }, h("button", { type: "submit", class: "action main" }, "Save"), this.instead,
        h("button", { type: "button", class: "action", onclick: () => this.leave() }, "Cancel")));
    page.stage.append(this.form);
    this.form.addEventListener("keydown", (event) => this.key(event));
    this.form.addEventListener("pointerdown", (event) => event.stopPropagation());
    this.store.on("dismiss", () => (this.form.hidden = true));
  }

  // Whether there is a workspace to keep parts in.
  get usable() {
    return Boolean(this.store.state.parts);
  }

  keep() {
    // nodes of one circuit: the main one, or one that is open in it
    const [first] = this.store.chosen().filter((one) => one.kind === "node");
    const chosen = this.store.chosen().filter((one) => one.kind === "node" && one.circuit === first.circuit);
    if (!first || first.circuit === null) return this.page.toast("Save as a part: expected nodes that are selected, found none. Select some.");
    if (!this.usable) return this.page.toast("Save as a part: expected a workspace to keep it in, found a circuit that is in none. Open it with circuitloom edit.");
    this.chosen = { ids: chosen.map((one) => one.node), circuit: first.circuit };
    this.name.value = chosen.length === 1 ? first.node && first.id.split("/").pop() : "";
    this.words.value = "";
    this.hint.textContent = chosen.length > 1 ? `${chosen.length} nodes become one, with a port for every wire that meets them.` : "It can be opened and edited wherever it is used.";
    this.blame();
    this.page.search.hide();
    this.form.hidden = false;
    this.name.focus();
    this.name.select();
  }

  async send(replace = false) {
    const { ids, circuit } = this.chosen;
    const answer = await this.ask({ act: "keep", ids, circuit, name: this.name.value, words: this.words.value, replace });
    if (answer.fail) return this.blame(answer.fail, answer.taken);
    this.leave();
    this.told(answer);
  }

  ask(message) {
    return this.store.ask({ ask: "part", ...message });
  }

  blame(reason = "", taken = "") {
    this.reason.textContent = reason;
    this.reason.hidden = !reason;
    this.instead.hidden = !taken;
  }

  async act(message) {
    this.told(await this.ask(message));
  }

  told({ fail, say, undo }) {
    if (fail) this.page.toast(fail);
    else if (say) this.page.toast(say, { fine: true, undo: undo && (() => this.act(undo)) });
  }

  rename(part) {
    this.page.name("Name of the part", part, (to) => this.act({ act: "rename", name: part, to }));
  }

  remove(part) {
    this.act({ act: "remove", name: part });
  }

  // What its entry in the palette answers to besides a click.
  handlers(entry) {
    const { part } = entry.command;
    const { words, author, made } = this.store.state.parts?.find((one) => one.name === part) ?? {};
    const kept = made && `Kept ${new Date(made).toLocaleDateString()}${author ? ` by ${author}` : ""}`;
    return {
      title: [words, kept].filter(Boolean).join("\n"),
      oncontextmenu: (event) => {
        event.preventDefault();
        this.store.tell("menu", { part: entry, clientX: event.clientX, clientY: event.clientY });
      },
      onkeydown: (event) => {
        const does = { F2: "rename", Delete: "remove" }[event.key];
        if (!does) return;
        event.stopPropagation();
        this[does](part);
      },
    };
  }

  menu(entry) {
    const { part } = entry.command;
    return [
      { says: "Add", shown: "Enter", run: () => this.page.palette.add(entry, { byMouse: true }) },
      { says: "Rename …", shown: "F2", run: () => this.rename(part) },
      null,
      { says: "Remove", shown: "Delete", run: () => this.remove(part) },
    ];
  }

  key(event) {
    event.stopPropagation();
    if (event.key === "Escape") this.leave();
  }

  leave() {
    this.form.hidden = true;
    this.page.home();
  }
}
