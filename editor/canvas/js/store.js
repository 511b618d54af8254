// What the page knows of the document. Python sends changes; questions to Python are answered by promises.

export class Store {
  constructor(model) {
    this.model = model;
    this.rev = 0;
    this.state = { fragments: {}, outlines: {}, figures: {} };
    this.selection = new Set();
    this.listeners = new Map();
    this.waiting = new Map();
    this.asked = 0;
    this.answers = new Map();
    model.on("msg:custom", (event) => this.receive(event.data ?? event));
  }

  on(name, listener) {
    if (!this.listeners.has(name)) this.listeners.set(name, []);
    this.listeners.get(name).push(listener);
  }

  tell(name, value) {
    for (const listener of this.listeners.get(name) ?? []) listener(value);
  }

  receive(text) {
    const message = typeof text === "string" ? JSON.parse(text) : text;
    if (message.reply !== undefined) {
      const done = this.waiting.get(message.reply);
      this.waiting.delete(message.reply);
      if (done) done(message);
      return;
    }
    if (message.taken !== undefined) return this.tell("taken", message.taken);
    this.apply(message);
  }

  apply(message) {
    this.rev = message.rev;
    this.answers.clear();
    const changed = {};
    for (const [section, change] of Object.entries(message.patch ?? {})) {
      const known = (this.state[section] ??= {});
      for (const [key, value] of Object.entries(change.set ?? {})) known[key] = value;
      for (const key of change.drop ?? []) delete known[key];
      changed[section] = change;
    }
    for (const [section, value] of Object.entries(message.whole ?? {})) {
      this.state[section] = value;
      changed[section] = true;
    }
    // what is called otherwise stays selected
    const { renamed = {} } = message;
    if (Object.keys(renamed).length) this.selection = new Set([...this.selection].map((id) => renamed[id] ?? id));
    for (const id of [...this.selection]) if (!this.exists(id)) this.selection.delete(id);
    this.tell("changed", changed);
    if (message.selection) this.select(message.selection.filter((id) => this.exists(id)));
    this.tell("refused", message.refusal ?? null);
    this.tell("settled", message);
  }

  exists(id) {
    return id in this.state.figures || id in this.state.fragments;
  }

  do(command) {
    this.tell("sent", command);
    this.model.send_msg(JSON.stringify(command));
  }

  // Several commands as one gesture, in the main circuit ("") or in a definition.
  doAll(commands, circuit = "") {
    if (!commands.length || circuit === null) return;
    const placed = commands.map((command) => (circuit ? { do: "EditDefinition", name: circuit, command } : command));
    this.do(placed.length === 1 ? placed[0] : { do: "Together", commands: placed });
  }

  ask(question) {
    const number = ++this.asked;
    return new Promise((done) => {
      this.waiting.set(number, done);
      this.model.send_msg(JSON.stringify({ ...question, number }));
    });
  }

  // The same question about the same revision is asked once.
  askOnce(question) {
    const key = JSON.stringify(question);
    if (!this.answers.has(key)) this.answers.set(key, this.ask(question));
    return this.answers.get(key);
  }

  select(ids, add = false) {
    if (!add) this.selection.clear();
    for (const id of ids) this.selection.add(id);
    this.tell("selected", this.selection);
  }

  toggle(id) {
    if (!this.selection.delete(id)) this.selection.add(id);
    this.tell("selected", this.selection);
  }

  figures() {
    return Object.values(this.state.figures);
  }

  chosen() {
    return [...this.selection].map((id) => this.state.figures[id]).filter(Boolean);
  }

  // The figure and port that makes a wire: main wires and those of definitions have different names.
  maker(wire, circuit) {
    for (const figure of this.figures()) {
      if (figure.circuit !== circuit) continue;
      const port = figure.outs.find((one) => one.wire === wire);
      if (port) return { figure, port };
    }
    return null;
  }
}
