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
const shades = ["#1e378c", "#2644ae", "#2e52d0", "#3a5cd6", "#4462d7", "#4a67d8"];

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

/** Segments below this share of the revenue are too small to be hit with a finger, and are counted together. */
const smallest = 0.025;

function Tiles({ rows }: { rows: readonly Share[] }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const localized = useLocalized();
  const { ref, width } = useElementSize<HTMLUListElement>();
  const height = useIsPhone() ? 400 : 410;
  const large = rows.filter((row) => row.revenue_share >= smallest);
  const small = rows.filter((row) => row.revenue_share < smallest);
  const entries = large.map((row) => ({
    slug: row.slug,
    name: localized(row.name),
    share: row.revenue_share,
    people: t("segments.ofCustomers", { share: format.percent(row.share), count: row.size }),
  }));
  if (small.length > 0) {
    const sum = (value: (row: Share) => number) => small.reduce((total, row) => total + value(row), 0);
    entries.push({
      slug: "",
      name: t("segments.more", { count: small.length }),
      share: sum((row) => row.revenue_share),
      people: t("segments.ofCustomers", {
        share: format.percent(sum((row) => row.share)),
        count: sum((row) => row.size),
      }),
    });
    entries.sort((a, b) => b.share - a.share);
  }
  const tiles = squarify(
    entries.map((entry) => entry.share),
    width,
    height,
  );
  return (
    <ul ref={ref} className={classes.map} style={{ height }} aria-label={t("segments.title")}>
      {tiles.map((tile, index) => {
        const entry = entries[index];
        return entry && <SegmentTile key={entry.slug} {...entry} tile={tile} rank={index} />;
      })}
    </ul>
  );
}

interface SegmentTileProps {
  /** Empty for the small ones together. */
  slug: string;
  name: string;
  share: number;
  people: string;
  tile: Tile;
  rank: number;
}

function SegmentTile({ slug, name, share, people, tile, rank }: SegmentTileProps) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const revenue = t("segments.ofRevenue", { share: format.percent(share) });
  // What does not fit into a tile is still read aloud, and shown on pointing.
  const roomy = tile.width > 62 && tile.height > 46;
  const wide = tile.height > 110 && tile.width > 130;
  const target = slug ? ({ to: "/segments/$slug", params: { slug } } as const) : ({ to: "/segments" } as const);
  return (
    <li style={{ left: tile.x, top: tile.y, width: tile.width, height: tile.height }}>
      <Link
        {...target}
        title={t("segments.tile", { name, revenue, people })}
        style={{ background: shades[Math.min(rank, shades.length - 1)] }}
        data-roomy={roomy || undefined}
      >
        <span className={roomy ? classes.name : "bw-hidden"}>{name}</span>
        <span className={roomy ? classes.share : "bw-hidden"}>{revenue}</span>
        <span className={wide ? classes.people : "bw-hidden"}>{people}</span>
      </Link>
    </li>
  );
}
