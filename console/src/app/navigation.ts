import {
  IconBroadcast,
  IconBuildingStore,
  IconChartHistogram,
  IconDatabaseImport,
  IconDatabaseSearch,
  IconFilter,
  IconFlask,
  IconLayoutDashboard,
  IconListCheck,
  IconPlugConnected,
  IconSparkles,
  IconSpeakerphone,
  IconUsers,
  type TablerIcon,
} from "@tabler/icons-react";

export interface NavigationItem {
  to:
    | "/"
    | "/customers"
    | "/segments"
    | "/campaigns"
    | "/recommendations"
    | "/experiments"
    | "/backtest"
    | "/sources"
    | "/imports"
    | "/stores"
    | "/live"
    | "/plan"
    | "/quality";
  label:
    | "overview"
    | "customers"
    | "segments"
    | "campaigns"
    | "recommendations"
    | "experiments"
    | "backtest"
    | "sources"
    | "imports"
    | "stores"
    | "live"
    | "plan"
    | "quality";
  icon: TablerIcon;
  /** The key that follows `g`. */
  key: string;
}

export interface NavigationGroup {
  label: "audience" | "engage" | "intelligence" | "data" | null;
  items: readonly NavigationItem[];
}

/** Every page that one can go to: the side bar, the palette and the shortcuts read this list. */
export const navigation: readonly NavigationGroup[] = [
  { label: null, items: [{ to: "/", label: "overview", icon: IconLayoutDashboard, key: "o" }] },
  {
    label: "audience",
    items: [
      { to: "/customers", label: "customers", icon: IconUsers, key: "c" },
      { to: "/segments", label: "segments", icon: IconFilter, key: "s" },
    ],
  },
  { label: "engage", items: [{ to: "/campaigns", label: "campaigns", icon: IconSpeakerphone, key: "m" }] },
  {
    label: "intelligence",
    items: [
      { to: "/recommendations", label: "recommendations", icon: IconSparkles, key: "r" },
      { to: "/experiments", label: "experiments", icon: IconFlask, key: "e" },
      { to: "/backtest", label: "backtest", icon: IconChartHistogram, key: "b" },
    ],
  },
  {
    label: "data",
    items: [
      { to: "/sources", label: "sources", icon: IconPlugConnected, key: "i" },
      { to: "/imports", label: "imports", icon: IconDatabaseImport, key: "f" },
      { to: "/stores", label: "stores", icon: IconBuildingStore, key: "t" },
      { to: "/live", label: "live", icon: IconBroadcast, key: "l" },
      { to: "/plan", label: "plan", icon: IconListCheck, key: "p" },
      { to: "/quality", label: "quality", icon: IconDatabaseSearch, key: "q" },
    ],
  },
];

export const pages: readonly NavigationItem[] = navigation.flatMap((group) => group.items);
