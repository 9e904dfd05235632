import { ActionIcon, Skeleton, Tooltip, useComputedColorScheme } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";
import { IconChartLine, IconTable } from "@tabler/icons-react";
import type { ECharts, EChartsCoreOption } from "echarts/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "@/format/useFormat";
import { type Column, DataTable } from "./DataTable";
import { Panel } from "./Panel";

/** Colours of the present theme; ECharts resolves a colour once and knows no CSS variables. */
export interface ChartColors {
  series: readonly string[];
  text: string;
  muted: string;
  grid: string;
  surface: string;
  border: string;
}

export interface ChartPanelProps<Row> {
  title: string;
  description?: ReactNode;
  /** What the picture shows, in a sentence: its text for those who do not see it. */
  label: string;
  height?: number;
  /** Builds the picture. Called again when data, theme or language change. */
  option: (colors: ChartColors) => EChartsCoreOption;
  /** The same as a table. */
  table: { columns: readonly Column<Row>[]; rows: readonly Row[]; rowKey: (row: Row) => string };
  footer?: ReactNode;
  className?: string;
}

/** A picture in a card, with a button that shows it as a table. */
export function ChartPanel<Row>(props: ChartPanelProps<Row>) {
  const { title, description, label, height = 280, option, table, footer, className } = props;
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const Icon = asTable ? IconChartLine : IconTable;
  const switchLabel = asTable ? t("chart.showPicture") : t("chart.showTable");
  return (
    <Panel
      title={title}
      description={description}
      className={className}
      actions={
        <Tooltip label={switchLabel}>
          <ActionIcon aria-label={`${switchLabel}: ${title}`} onClick={() => setAsTable(!asTable)}>
            <Icon size={18} />
          </ActionIcon>
        </Tooltip>
      }
    >
      {asTable ? (
        <div style={{ maxHeight: height, overflow: "auto", margin: "0 -18px" }}>
          <DataTable caption={title} {...table} />
        </div>
      ) : (
        <Chart label={label} height={height} option={option} />
      )}
      {footer}
    </Panel>
  );
}

function Chart(props: { label: string; height: number; option: (colors: ChartColors) => EChartsCoreOption }) {
  const { label, height, option } = props;
  const scheme = useComputedColorScheme("light");
  const language = useLanguage();
  const still = useReducedMotion();
  const host = useRef<HTMLDivElement>(null);
  const drawn = useRef<ECharts>(undefined);
  const latest = useRef(option);
  const [ready, setReady] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scheme and language change what colours and option give
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let gone = false;
    const observer = new ResizeObserver(() => drawn.current?.resize());
    void import("./echarts").then(({ init }) => {
      if (gone) return;
      drawn.current = init(element, undefined, { renderer: "svg" });
      draw(drawn.current, element, latest.current, !still);
      observer.observe(element);
      setReady(true);
    });
    return () => {
      gone = true;
      observer.disconnect();
      drawn.current?.dispose();
      drawn.current = undefined;
    };
  }, [scheme, language, still]);
  // Other data go into the picture that stands there: a page that asks every few seconds must not flicker.
  useEffect(() => {
    latest.current = option;
    if (drawn.current && host.current) draw(drawn.current, host.current, option, false);
  }, [option]);
  return (
    <div style={{ position: "relative", height }}>
      {!ready && <Skeleton height={height} />}
      <div ref={host} role="img" aria-label={label} style={{ position: "absolute", inset: 0 }} />
    </div>
  );
}

function draw(chart: ECharts, element: HTMLElement, option: ChartPanelProps<never>["option"], animation: boolean) {
  const fontFamily = getComputedStyle(element).fontFamily;
  chart.setOption({ animation, textStyle: { fontFamily }, ...option(readColors()) }, { notMerge: true });
}

function readColors(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4, 5, 6].map((index) => read(`--chart-${index}`)),
    text: read("--mantine-color-text"),
    muted: read("--mantine-color-dimmed"),
    grid: read("--chart-grid"),
    surface: read("--bw-surface"),
    border: read("--bw-border"),
  };
}

/** What all charts with axes share. */
export function tooltipStyle(colors: ChartColors) {
  return {
    backgroundColor: colors.surface,
    borderColor: colors.border,
    textStyle: { color: colors.text, fontSize: 13 },
    extraCssText: "border-radius:10px;box-shadow:0 6px 24px rgba(0,0,0,.14)",
  };
}
