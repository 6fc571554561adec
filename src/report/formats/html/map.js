"use strict";
// Filters the evidence map. Reads numbers and words of the program from data attributes, and writes text and attributes only.
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const table = document.getElementById("map");
  const shown = document.getElementById("shown");
  const LEVELS = [...form.elements.level.options].map((option) => option.value).filter(Boolean);
  const WAYS = [["d", "↓", "decreased"], ["i", "↑", "increased"], ["n", "=", "no difference shown"], ["m", "±", "mixed"], ["u", "?", "direction not stated"], ["r", "⊘", "retracted, not counted"]];
  const LEANINGS = [["d", "decreased"], ["i", "increased"], ["n", "none"]];
  const box = (id) => form.elements[id].value.trim();
  const number = (n) => n.toLocaleString("en-US");
  const studies = (n) => (n === 1 ? "1 study" : number(n) + " studies");
  const read = (text) => {
    const [year, level, vote, retracted] = text.split(".");
    return { year: year ? Number(year) : null, level: level ? LEVELS.indexOf(level) : null, vote, retracted: retracted === "r" };
  };
  const cells = [...table.querySelectorAll("td[data-studies]")].map((cell) => ({
    cell,
    link: cell.querySelector("a"),
    studies: cell.dataset.studies.split(" ").map(read),
    passing: 0,
  }));
  const rows = [...table.tBodies[0].rows];
  const columns = [...table.tHead.rows[0].cells].slice(1);
  const items = [...document.querySelectorAll("li[data-study]")].map((item) => ({ item, study: read(item.dataset.study) }));

  const leaning = (votes) => {
    const said = votes.d + votes.i + votes.n + votes.m;
    const found = LEANINGS.find(([way]) => 2 * votes[way] > said);
    return found ? found[1] : said === 0 ? "unstated" : "mixed";
  };
  const size = (n) => "s" + (n < 2 ? 1 : n < 4 ? 2 : n < 8 ? 3 : n < 16 ? 4 : 5);

  const show = (entry, passes) => {
    const votes = { d: 0, i: 0, n: 0, m: 0, u: 0, r: 0 };
    const passing = entry.studies.filter(passes);
    for (const study of passing) votes[study.retracted ? "r" : study.vote] += 1;
    const counted = passing.length - votes.r;
    entry.passing = passing.length;
    const stated = WAYS.filter(([way]) => votes[way] > 0);
    entry.link.hidden = passing.length === 0;
    entry.link.className = "cell " + size(counted) + " " + leaning(votes);
    entry.link.querySelector("b").textContent = number(counted);
    entry.link.querySelector("span").textContent = stated.map(([way, sign]) => sign + votes[way]).join(" ");
    const words = stated.map(([way, , word]) => votes[way] + " " + word).join(", ");
    entry.link.setAttribute("aria-label", studies(counted) + ": " + words);
  };

  const filter = () => {
    const level = box("level");
    const worst = level ? LEVELS.indexOf(level) : null;
    const from = box("from") ? Number(box("from")) : null;
    const to = box("to") ? Number(box("to")) : null;
    // What is not known passes no filter that asks for it.
    const passes = (study) =>
      (worst === null || (study.level !== null && study.level <= worst)) &&
      (from === null || (study.year !== null && study.year >= from)) &&
      (to === null || (study.year !== null && study.year <= to));
    const names = (id) => {
      const words = box(id).toLowerCase();
      return (heading) => heading.textContent.toLowerCase().includes(words);
    };
    const condition = names("condition");
    const treatment = names("treatment");
    const named = columns.map(treatment);
    const used = columns.map(() => false);
    for (const entry of cells) show(entry, passes);
    let most = 0;
    for (const row of rows) {
      const own = cells.filter((entry) => entry.cell.parentNode === row && named[entry.cell.cellIndex - 1] && entry.passing > 0);
      row.hidden = !condition(row.cells[0]) || own.length === 0;
      if (row.hidden) continue;
      most += 1;
      for (const entry of own) used[entry.cell.cellIndex - 1] = true;
    }
    columns.forEach((heading, n) => {
      heading.hidden = !used[n];
      for (const row of rows) row.cells[n + 1].hidden = !used[n];
    });
    for (const { item, study } of items) item.hidden = !passes(study);
    const across = used.filter(Boolean).length;
    shown.textContent = most + " of " + rows.length + " conditions and " + across + " of " + columns.length + " treatments shown";
  };

  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
