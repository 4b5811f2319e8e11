// A share by month as bars, each with its interval as a whisker: a tall bar of four promises must not look as sure
// as one of four thousand.

function whisker(api, colours) {
  const [x, low] = api.coord([api.value(0), api.value(1)]);
  const [, high] = api.coord([api.value(0), api.value(2)]);
  const half = Math.min(api.size([1, 0])[0] * 0.14, 5);
  const style = { stroke: colours.ink, lineWidth: 1.25 };
  const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style });
  return {
    type: "group",
    children: [line(x, low, x, high), line(x - half, low, x + half, low), line(x - half, high, x + half, high)],
  };
}

export function barsByMonth(data, { colours, font, format, language, width }) {
  const short = new Intl.DateTimeFormat(language, { month: "short", timeZone: "UTC" });
  const day = (month) => new Date(`${month}-01T00:00:00Z`);
  const label = (month, place) =>
    place === 0 || month.endsWith("-01") ? `${short.format(day(month))}\n${month.slice(0, 4)}` : short.format(day(month));
  const roomy = width / data.rows.length > 44;
  const highest = Math.max(...data.rows.map((row) => row.high ?? row.value), data.target ?? 0);
  // Where there is no room for every number, the highest month gets one: it is what the title speaks of.
  const top = data.rows.reduce((best, row, place) => (row.value > data.rows[best].value ? place : best), 0);
  const labelled = data.rows.map((row, place) => [place, row.high ?? row.value]).filter(([place]) => roomy || place === top);
  const mark = data.target === undefined ? "" : data.target_label ?? format.long(data.target);
  return {
    grid: { left: 8, right: mark ? 16 + mark.length * 6.5 : 12, top: 28, bottom: 8, containLabel: true },
    xAxis: {
      type: "category",
      data: data.rows.map((row, place) => label(row.month, place)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: { color: colours.quiet, hideOverlap: true, lineHeight: 15 },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: (highest || 1) * 1.08,
      name: data.unit,
      nameTextStyle: { color: colours.quiet, align: "left" },
      splitNumber: 4,
      axisLabel: { color: colours.quiet, showMaxLabel: false, formatter: format.short },
      splitLine: { showMaxLine: false, lineStyle: { color: colours.line } },
    },
    tooltip: {
      renderMode: "richText",
      confine: true,
      formatter: ({ dataIndex }) => {
        const row = data.rows[dataIndex];
        return `${row.month}\n${format.long(row.value)} (${format.long(row.low)} … ${format.long(row.high)})\nn = ${row.n}`;
      },
    },
    series: [
      {
        type: "bar",
        barMaxWidth: 34,
        barCategoryGap: "35%",
        itemStyle: { color: colours.band, borderRadius: [2, 2, 0, 0] },
        data: data.rows.map((row) => row.value),
        markLine: data.target === undefined ? undefined : {
          silent: true,
          symbol: "none",
          animation: false,
          label: { position: "end", color: colours.ink, formatter: mark },
          lineStyle: { color: colours.ink, type: "dashed", width: 1 },
          data: [{ yAxis: data.target }],
        },
      },
      {
        type: "custom",
        encode: { x: 0, y: [1, 2] },
        z: 3,
        data: data.rows.map((row, place) => [place, row.low, row.high]),
        renderItem: (_, api) => whisker(api, colours),
      },
      {
        // Direct labels, above the whisker, where there is room for every one of them.
        type: "custom",
        encode: { x: 0, y: 1 },
        silent: true,
        z: 4,
        data: labelled,
        renderItem: (_, api) => {
          const [x, y] = api.coord([api.value(0), api.value(1)]);
          const text = format.long(data.rows[api.value(0)].value);
          return { type: "text", style: { x, y: y - 6, text, align: "center", verticalAlign: "bottom", fill: colours.ink, fontSize: 11, fontFamily: font } };
        },
      },
    ],
  };
}
