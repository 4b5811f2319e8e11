// Dot and whisker: one row a finding, the dot the estimate, the whisker its interval, the line zero or the target.
// The numbers stand beside each row, so nobody has to read them off the axis.

function whisker(api, colours) {
  const [low, y] = api.coord([api.value(1), api.value(0)]);
  const [high] = api.coord([api.value(2), api.value(0)]);
  const stroke = api.visual("color") || colours.plain;
  const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth: 2 } });
  return {
    type: "group",
    children: [line(low, y, high, y), line(low, y - 5, low, y + 5), line(high, y - 5, high, y + 5)],
  };
}

// Good or bad only when the whole interval is on one side; otherwise plain: it cannot be told.
function tone(row, data, colours) {
  const mark = data.target ?? 0;
  const better = data.better ?? "high";
  if (row.low > mark) return better === "high" ? colours.good : colours.bad;
  if (row.high < mark) return better === "high" ? colours.bad : colours.good;
  return colours.plain;
}

export function interval(data, { colours, format, width }) {
  const mark = data.target ?? 0;
  const narrow = width < 560;
  const said = (row) => `${format.long(row.value)} (${format.long(row.low)} … ${format.long(row.high)})`;
  const items = data.rows.map((row, place) => ({
    value: [place, row.low, row.high],
    itemStyle: { color: tone(row, data, colours) },
  }));
  const reach = [mark, ...data.rows.flatMap((row) => [row.low, row.high])];
  const span = Math.max(...reach) - Math.min(...reach) || 1;
  const category = {
    type: "category",
    inverse: true,
    data: data.rows.map((row) => row.label),
    axisTick: { show: false },
    axisLine: { show: false },
    axisLabel: { color: colours.ink, width: narrow ? 118 : 180, overflow: "break", lineHeight: 14 },
  };
  return {
    grid: { left: 8, right: 16, top: 8, bottom: 30, containLabel: true },
    xAxis: {
      type: "value",
      name: data.unit,
      nameLocation: "middle",
      nameGap: 30,
      nameTextStyle: { color: colours.quiet },
      min: Math.min(...reach) - span * 0.06,
      max: Math.max(...reach) + span * 0.06,
      splitNumber: narrow ? 3 : 6,
      axisLabel: { color: colours.quiet, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: format.short },
      splitLine: { showMaxLine: false, lineStyle: { color: colours.line } },
    },
    yAxis: [
      category,
      // The second axis only carries the numbers at the right edge; on a phone they are in the table below.
      {
        ...category,
        position: "right",
        data: data.rows.map(said),
        axisLabel: { show: !narrow, color: colours.ink, margin: 14 },
      },
    ],
    tooltip: {
      renderMode: "richText",
      confine: true,
      formatter: ({ dataIndex }) => `${data.rows[dataIndex].label}\n${said(data.rows[dataIndex])}\nn = ${data.rows[dataIndex].n}`,
    },
    series: [
      {
        type: "custom",
        encode: { x: [1, 2], y: 0 },
        data: items,
        renderItem: (_, api) => whisker(api, colours),
        markLine: {
          silent: true,
          symbol: "none",
          animation: false,
          label: { show: false },
          lineStyle: { color: colours.ink, type: "solid", width: 1 },
          data: [{ xAxis: mark }],
        },
      },
      {
        type: "scatter",
        yAxisIndex: 0,
        symbolSize: 10,
        z: 3,
        data: data.rows.map((row, place) => ({ value: [row.value, place], itemStyle: { ...items[place].itemStyle, opacity: 1 } })),
      },
    ],
  };
}
