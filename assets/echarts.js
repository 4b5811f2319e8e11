// The charts. Two kinds so far, each a small description in JSON; see docs/rules/screens.md for the fields.
// Only the parts of ECharts that are used are bundled. SVG, because it prints sharp; rich-text tips, because the HTML tips of ECharts
// are written with style attributes, which the content security policy refuses.
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, registerLocale, use } from "echarts/core";
import hungarian from "echarts/i18n/langHU-obj.js";
import russian from "echarts/i18n/langRU-obj.js";
import { SVGRenderer } from "echarts/renderers";
import { barsByMonth } from "./chart-months.js";
import { interval } from "./chart-interval.js";

use([
  BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart,
  AriaComponent, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer,
]);
registerLocale("RU", russian);
registerLocale("HU", hungarian);

const kinds = { interval, bars_by_month: barsByMonth };

// ECharts cannot read light-dark() or oklch(): let the browser work the colour out first.
function palette(figure) {
  const probe = document.createElement("span");
  probe.hidden = true;
  figure.append(probe);
  const colour = (name) => {
    probe.style.color = `var(--chart-${name})`;
    return getComputedStyle(probe).color;
  };
  const names = ["ink", "quiet", "line", "good", "bad", "plain", "band"];
  const found = Object.fromEntries(names.map((name) => [name, colour(name)]));
  probe.remove();
  return found;
}

function numbers(data, language) {
  const { style = "decimal", currency, digits = style === "percent" ? 1 : 2 } = data.format ?? {};
  const shape = { style, currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
  const long = new Intl.NumberFormat(language, shape);
  // Axis marks are round numbers; only as many decimals as they need.
  const short = new Intl.NumberFormat(language, { ...shape, minimumFractionDigits: 0, maximumFractionDigits: digits });
  const minus = (text) => text.replace("-", "\u2212"); // a hyphen is too short to be seen beside digits
  return { long: (value) => minus(long.format(value)), short: (value) => minus(short.format(value)) };
}

// Django writes a Decimal as a string; a chart wants numbers.
function numeric(data) {
  const number = (value) => (value === null || value === undefined ? undefined : Number(value));
  const rows = data.rows.map((row) => ({ ...row, value: number(row.value), low: number(row.low), high: number(row.high) }));
  return { ...data, target: number(data.target), rows };
}

export function draw(figure, given, language) {
  const data = numeric(given);
  const paper = figure.querySelector(".chart-paper");
  const chart = init(paper, null, {
    renderer: "svg",
    locale: { ru: "RU", hu: "HU" }[language.slice(0, 2)] ?? "EN",
    height: data.kind === "interval" ? data.rows.length * 42 + 56 : 260,
  });
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const paint = () => {
    const font = getComputedStyle(paper).fontFamily;
    chart.setOption(
      {
        animation: !still,
        animationDuration: 200,
        textStyle: { fontFamily: font, fontSize: 12 },
        aria: { enabled: true, label: { description: data.description } },
        ...kinds[data.kind](data, {
          colours: palette(figure),
          font,
          format: numbers(data, language),
          language,
          width: paper.clientWidth,
        }),
      },
      true,
    );
  };
  paint();
  const watcher = new ResizeObserver(() => {
    if (chart.getWidth() === paper.clientWidth) return;
    chart.resize();
    paint();
  });
  watcher.observe(paper);
  return {
    dispose() {
      watcher.disconnect();
      chart.dispose();
    },
  };
}
