import type { ReactNode } from "react";
import { useSession } from "@/api/session";
import { ZoneContext } from "@/format/useFormat";

/** Lets every page print times as the shop's clocks show them. */
export function ShopZone({ children }: { children: ReactNode }) {
  const session = useSession();
  return <ZoneContext value={session.data?.shop?.time_zone ?? "UTC"}>{children}</ZoneContext>;
}
