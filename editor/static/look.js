const room = document.querySelector("main"), svg = room.querySelector("svg");
if (svg) {
  const [, , wide, high] = svg.getAttribute("viewBox").split(" ").map(Number);
  svg.setAttribute("width", wide); svg.setAttribute("height", high);
  let x = 0, y = 0, zoom = 1;
  const place = () => (svg.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`);
  const fit = () => {
    const box = room.getBoundingClientRect();
    zoom = Math.min((box.width - 48) / wide, (box.height - 48) / high, 1.4);
    if (zoom < 0.5) zoom = Math.min(0.7, (box.height - 48) / high);
    x = Math.max((box.width - wide * zoom) / 2, 24); y = (box.height - high * zoom) / 2; place();
  };
  const scale = (by, at) => {
    const box = room.getBoundingClientRect(), px = at[0] - box.left, py = at[1] - box.top;
    const next = Math.min(Math.max(zoom * by, 0.05), 8);
    x = px - (px - x) * next / zoom; y = py - (py - y) * next / zoom; zoom = next; place();
  };
  room.addEventListener("wheel", (event) => { event.preventDefault(); scale(Math.exp(-event.deltaY / 400), [event.clientX, event.clientY]); }, { passive: false });
  room.addEventListener("pointerdown", (event) => room.setPointerCapture(event.pointerId));
  room.addEventListener("pointermove", (event) => { if (event.buttons) { x += event.movementX; y += event.movementY; place(); } });
  room.addEventListener("keydown", (event) => {
    const box = room.getBoundingClientRect(), middle = [box.left + box.width / 2, box.top + box.height / 2];
    const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (moves[event.key]) { x += moves[event.key][0]; y += moves[event.key][1]; place(); }
    else if (event.key === "0") fit();
    else if (event.key === "+" || event.key === "-") scale(event.key === "+" ? 1.25 : 0.8, middle);
    else return;
    event.preventDefault();
  });
  addEventListener("resize", fit); fit();
}
