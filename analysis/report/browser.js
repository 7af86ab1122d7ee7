(() => {
  const collator = new Intl.Collator("en", { numeric: true });

  function sortKey(row, column) {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    const number = Number(text);
    return text !== "" && !Number.isNaN(number) ? number : text;
  }

  /** Unknown values come last, in either order. */
  function compare(a, b, direction) {
    if (a === "" || b === "") return (a === "") - (b === "");
    if (typeof a === "number" && typeof b === "number") return direction * (a - b);
    return direction * collator.compare(String(a), String(b));
  }

  function sort(table, header) {
    const ascending = header.getAttribute("aria-sort") !== "ascending";
    const column = header.cellIndex;
    for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, key: sortKey(row, column) }));
    rows.sort((a, b) => compare(a.key, b.key, ascending ? 1 : -1));
    body.append(...rows.map(({ row }) => row));
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    if (table.tBodies[0].rows.length < 2) continue;
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(table, header));
      header.append(button);
    }
  }

  const tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.append(tip);

  function show(mark) {
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const at = mark.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left + at.width / 2 - width / 2), innerWidth - width - 8);
    const above = at.top - height - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above < 8 ? at.bottom + 8 : above}px`;
  }

  function hide() {
    tip.hidden = true;
  }

  /** Left and right move from mark to mark, Home and End to the ends, Escape back to the drawing. */
  const steps = {
    ArrowRight: (at, _last) => at + 1,
    ArrowDown: (at, _last) => at + 1,
    ArrowLeft: (at, _last) => at - 1,
    ArrowUp: (at, _last) => at - 1,
    Home: () => 0,
    End: (_at, last) => last,
  };

  function walk(event, svg, marks) {
    if (event.key === "Escape") {
      hide();
      svg.focus();
      return;
    }
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const last = marks.length - 1;
    const to = step(marks.indexOf(document.activeElement), last);
    marks[Math.min(Math.max(0, to), last)].focus();
  }

  for (const svg of document.querySelectorAll(".drawings svg[role=img]")) {
    const marks = [...svg.querySelectorAll("title")].map((title) => {
      const mark = title.parentElement;
      mark.dataset.tip = title.textContent;
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", title.textContent);
      mark.setAttribute("tabindex", "-1");
      title.remove();
      return mark;
    });
    if (marks.length === 0) continue;
    svg.setAttribute("role", "group");
    svg.setAttribute("aria-label", `${svg.getAttribute("aria-label")}. Arrow keys read it out.`);
    svg.setAttribute("tabindex", "0");
    svg.addEventListener("keydown", (event) => walk(event, svg, marks));
  }

  const marked = (target) => (target instanceof Element ? target.closest("[data-tip]") : null);
  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, ({ target }) => {
      const mark = marked(target);
      if (mark !== null) show(mark);
    });
  }
  for (const type of ["pointerout", "focusout"]) document.addEventListener(type, hide);
  // Focus may scroll its mark into view; the tip then moves with it.
  const follow = () => {
    const mark = marked(document.activeElement);
    if (mark === null || tip.hidden) hide();
    else show(mark);
  };
  document.addEventListener("scroll", follow, { passive: true, capture: true });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") hide();
  });
})();
