import { SegmentedControl } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Overview } from "@/api/types";
import { useIsPhone } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { squarify, type Tile } from "@/components/treemap";
import { useFormat, useLocalized } from "@/format/useFormat";
import classes from "./SegmentMap.module.css";

type Share = Overview["segments"][number];

// From dark to light within one hue: size says how much, shade repeats the rank. White text reads on every one of them.
const shades = ["#1e378c", "#2644ae", "#2e52d0", "#3a5cd6", "#4766d8", "#5470da"];

/** Segments as tiles: the larger, the more of the revenue. Every tile leads to its segment. */
export function SegmentMap({ segments }: { segments: readonly Share[] }) {
  const { t } = useTranslation("overview");
  const [kind, setKind] = useState<Share["kind"]>("rfm");
  if (segments.length === 0) return <div />;
  return (
    <Panel
      title={t("segments.title")}
      description={t("segments.text")}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t("segments.kind")}
          value={kind}
          onChange={(value) => setKind(value as Share["kind"])}
          data={[
            { value: "rfm", label: t("segments.rfm") },
            { value: "cluster", label: t("segments.cluster") },
          ]}
        />
      }
    >
      <Tiles
        rows={segments
          .filter((row) => row.kind === kind && row.revenue_share > 0)
          .sort((a, b) => b.revenue_share - a.revenue_share)}
      />
    </Panel>
  );
}

function Tiles({ rows }: { rows: readonly Share[] }) {
  const { t } = useTranslation("overview");
  const { ref, width } = useElementSize<HTMLUListElement>();
  const height = useIsPhone() ? 400 : 320;
  const tiles = squarify(
    rows.map((row) => row.revenue_share),
    width,
    height,
  );
  return (
    <ul ref={ref} className={classes.map} style={{ height }} aria-label={t("segments.title")}>
      {tiles.map((tile, index) => {
        const row = rows[index];
        return row && <SegmentTile key={row.slug} row={row} tile={tile} rank={index} />;
      })}
    </ul>
  );
}

function SegmentTile({ row, tile, rank }: { row: Share; tile: Tile; rank: number }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const localized = useLocalized();
  const name = localized(row.name);
  const share = format.percent(row.revenue_share);
  const people = t("segments.ofCustomers", { share: format.percent(row.share), count: row.size });
  const label = `${name}: ${t("segments.ofRevenue", { share })}, ${people}`;
  const roomy = tile.width > 74 && tile.height > 40;
  return (
    <li style={{ left: tile.x, top: tile.y, width: tile.width, height: tile.height }}>
      <Link
        to="/segments/$slug"
        params={{ slug: row.slug }}
        aria-label={label}
        title={label}
        style={{ background: shades[Math.min(rank, shades.length - 1)] }}
      >
        {roomy && (
          <>
            <span className={classes.name}>{name}</span>
            <span className={classes.share}>{share}</span>
            {tile.height > 110 && tile.width > 130 && <span className={classes.people}>{people}</span>}
          </>
        )}
      </Link>
    </li>
  );
}
