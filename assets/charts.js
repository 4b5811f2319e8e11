// Finds the charts of a page and fetches the drawing code only where there are some, shortly before they come into view.
// The table beside each chart carries the same numbers, so a chart that cannot be drawn costs nobody anything.
const drawn = new Set();
let drawing;

function code() {
  // The address comes from the page, because the collected file carries a hash in its name.
  drawing ??= import(document.body.dataset.charts);
  return drawing;
}

async function draw(figure) {
  const { draw: paint } = await code();
  const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  figure.redraw?.dispose();
  figure.redraw = paint(figure, data, document.documentElement.lang);
  drawn.add(figure);
}

function drawAgain() {
  for (const figure of drawn) {
    if (figure.isConnected) draw(figure);
    else {
      figure.redraw?.dispose();
      drawn.delete(figure);
    }
  }
}

export function watchCharts(whenever) {
  if (!document.body.dataset.charts) return;
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: "300px" },
  );
  whenever((part) => {
    if (part.matches?.("figure[data-chart]")) near.observe(part);
    part.querySelectorAll("figure[data-chart]").forEach((figure) => near.observe(figure));
  });
  new MutationObserver(drawAgain).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
}
