import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { overviewQuery } from "@/api/queries";
import { ZoneContext } from "@/format/useFormat";

/** Lets every page print times as the shop's clocks show them; in UTC until the zone is known. */
export function ShopZone({ children }: { children: ReactNode }) {
  const zone = useQuery({ ...overviewQuery(), select: (overview) => overview.time_zone });
  return <ZoneContext value={zone.data ?? "UTC"}>{children}</ZoneContext>;
}
