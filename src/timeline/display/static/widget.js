// The page of a timeline in a notebook, in a frame of its own: its styles and its address stay apart from the notebook's.

/** Show the page that the model holds; return what takes it away again. */
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.title = model.get("title");
  frame.className = "timeline-frame";
  frame.dataset.timeline = model.get("mark");
  let address = "";
  const show = () => {
    URL.revokeObjectURL(address);
    address = URL.createObjectURL(new Blob([model.get("page")], { type: "text/html" }));
    frame.src = address;
  };
  show();
  model.on("change:page", show);
  el.replaceChildren(frame);
  return () => {
    model.off("change:page", show);
    URL.revokeObjectURL(address);
  };
}

export default { render };
