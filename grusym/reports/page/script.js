"use strict";
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const status = document.querySelector(".said");

  // Copying: the clipboard where the browser gives it, a selected text area where it does not.
  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "offscreen";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }

  function tell(button, done) {
    const label = button.dataset.label ??= button.textContent;
    button.textContent = done ? "Copied" : "Select and copy";
    button.classList.toggle("done", done);
    status.textContent = done ? `${label} copied` : "Copying was refused";
    clearTimeout(button.timer);
    button.timer = setTimeout(() => {
      button.textContent = label;
      button.classList.remove("done");
    }, 1600);
  }

  function save(address, name) {
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
  }

  const quoted = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  function csv(table) {
    return all("tr", table)
      .map((row) => [...row.cells].map((cell) => quoted(cell.dataset.exact ?? cell.textContent.trim())).join(","))
      .join("\r\n") + "\r\n";
  }

  // Enlarging: one dialog for all figures; a click shows the picture at twice the width and back.
  const zoom = document.querySelector("dialog.zoom");
  const large = zoom.querySelector("img");
  function enlarge(figure) {
    const image = figure.querySelector("img");
    large.src = image.src;
    large.alt = image.alt;
    large.classList.remove("twice");
    zoom.querySelector("p").textContent = figure.querySelector("figcaption b").textContent;
    zoom.showModal();
  }
  large.addEventListener("click", () => large.classList.toggle("twice"));
  zoom.addEventListener("click", (event) => {
    if (event.target !== large && !event.target.closest("p")) zoom.close();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const figure = button.closest("figure");
    if (button.matches(".copy")) copied(button.dataset.copy).then((done) => tell(button, done));
    if (button.matches(".save")) save(figure.querySelector("img").src, button.dataset.name);
    if (button.matches(".enlarge")) enlarge(figure);
    if (button.matches(".csv")) {
      const address = URL.createObjectURL(new Blob(["\ufeff", csv(figure.querySelector("table"))], { type: "text/csv" }));
      save(address, button.dataset.name);
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    }
    if (button.matches(".only")) {
      const on = figure.classList.toggle("filtered");
      button.setAttribute("aria-pressed", on);
    }
  });

  // The contents: closed on a narrow screen, and the section being read is marked.
  const narrow = matchMedia("(max-width: 62rem)");
  const contents = document.querySelector(".contents");
  const fit = () => { contents.open = !narrow.matches; };
  narrow.addEventListener("change", fit);
  fit();
  const links = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
  for (const link of links.values()) {
    link.addEventListener("click", () => {
      for (let part = document.getElementById(link.hash.slice(1)); part; part = part.parentElement) {
        if (part.matches("details")) part.open = true;
      }
      if (narrow.matches) contents.open = false;
    });
  }
  const parts = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let waiting = false;
  function mark() {
    waiting = false;
    const shown = parts.filter((part) => part.offsetParent !== null);
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const current = atEnd ? shown.at(-1) : shown.findLast((part) => part.getBoundingClientRect().top < 120) ?? shown[0];
    for (const [id, link] of links) {
      if (id === current?.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } }, { passive: true });
  mark();

  // Paper shows everything.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("main details:not([open])");
    for (const part of closed) part.open = true;
  });
  addEventListener("afterprint", () => { for (const part of closed) part.open = false; });
})();
