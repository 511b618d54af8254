// The face of the circuit: inputs and outputs, added by one line that says name and type.

const FREE = ["x", "y", "z", "u", "v", "w"];

export class Faces {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.store.on("output", (place) => this.addOutput(place));
  }

  addInput() {
    const names = new Set(this.store.figures().map((one) => one.id));
    const free = FREE.find((name) => !names.has(`in:${name}`)) ?? "input";
    this.page.name("Name and type of the input, such as x [x m]", `${free} [${free} m]`, (said) => {
      const [name, type] = parts(said);
      this.store.do({ do: "AddInput", name, type: type || "[]" });
    });
  }

  // A wire leaves the circuit, its type declared if one is typed; without a wire one is connected later.
  addOutput({ figure, port, clientX, clientY }) {
    const names = new Set(this.store.figures().map((one) => one.id));
    const free = ["out", ...Array.from({ length: 99 }, (_, place) => `out_${place + 2}`)].find((name) => !names.has(`out:${name}`));
    const box = this.page.stage.getBoundingClientRect();
    const at = clientX === undefined ? null : [clientX - box.left, clientY - box.top];
    this.page.name("Name of the output; a type may follow, such as out [y m]", free, (said) => {
      const [name, type] = parts(said);
      this.store.doAll([{ do: "AddOutput", name, ...(port && { wire: port.wire }), ...(type && { type }) }], figure?.circuit ?? "");
    }, null, at);
  }
}

function parts(said) {
  const [, name, type] = said.match(/^\s*([^\s[]+)\s*(.*)$/) ?? [null, said, ""];
  return [name, type];
}
