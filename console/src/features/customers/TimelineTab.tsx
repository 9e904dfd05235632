import { Button, Center, Collapse, ThemeIcon } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowBackUp, IconBolt, IconChevronDown, IconClockHour4, IconShoppingBag } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { timelineQuery } from "@/api/queries";
import type { TimelineEntry } from "@/api/types";
import { BotBadge } from "@/components/BotBadge";
import { EmptyState } from "@/components/EmptyState";
import { Panel } from "@/components/Panel";
import { PlanBadge, PlanProblems } from "@/components/PlanBadge";
import { PanelSkeleton, QueryState } from "@/components/QueryState";
import { useFormat } from "@/format/useFormat";
import classes from "./Customer.module.css";
import { OrderLines } from "./OrderLines";
import { clock, groupByDay } from "./timeline";

/** What the person did, by day, newest first. */
export function TimelineTab({ id }: { id: string }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const query = useInfiniteQuery(timelineQuery(id));
  return (
    <QueryState query={query} skeleton={<PanelSkeleton height={400} />}>
      {({ pages }) => {
        const days = groupByDay(pages.flatMap((page) => page.events));
        if (days.length === 0) {
          return (
            <Panel>
              <EmptyState icon={IconClockHour4} title={t("timeline.empty")} text={t("timeline.emptyText")} />
            </Panel>
          );
        }
        return (
          <div>
            {days.map(({ day, events }) => (
              <section key={day} className={classes.dayGroup} aria-label={format.longDate(day)}>
                <h2 className={classes.day}>{format.longDate(day)}</h2>
                <ul className={classes.events}>
                  {events.map((event) => (
                    <li key={event.id} className={classes.event}>
                      <EventCard event={event} />
                    </li>
                  ))}
                </ul>
              </section>
            ))}
            {query.hasNextPage && (
              <Center mt="md">
                <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t("timeline.older")}
                </Button>
              </Center>
            )}
          </div>
        );
      }}
    </QueryState>
  );
}

function EventCard({ event }: { event: TimelineEntry }) {
  const { t, i18n } = useTranslation("customers");
  const format = useFormat();
  const [open, { toggle }] = useDisclosure(false);
  const linesId = useId();
  const { order } = event;
  const marked = event.plan_problems.length > 0 || (event.bot_probability ?? 0) >= 0.5;
  const refund = order?.kind === "refunded";
  const Icon = refund ? IconArrowBackUp : order ? IconShoppingBag : IconBolt;
  const known = `event.${event.name}` as "event.Order Completed";
  const name = i18n.exists(`customers:${known}`) ? t(known) : event.name;
  const head = (
    <>
      <ThemeIcon variant="light" color={refund ? "orange" : order ? "brand" : "gray"} size={34} radius="md">
        <Icon size={18} aria-hidden />
      </ThemeIcon>
      <span className={classes.eventText}>
        <span className={classes.eventName}>{name}</span>
        <span className={classes.eventNote} style={{ display: "block" }}>
          {[
            clock(event),
            order && t("timeline.order", { id: order.order_id }),
            order && t("timeline.lines", { count: order.lines.length }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
      {marked && (
        <span className={classes.marks}>
          <PlanBadge problems={event.plan_problems} />
          <BotBadge probability={event.bot_probability} />
        </span>
      )}
      {order && <span className={classes.amount}>{format.money(order.value, order.currency, { exact: true })}</span>}
    </>
  );
  const problems = event.plan_problems.length > 0 && (
    <div className={classes.problems}>
      <PlanProblems problems={event.plan_problems} />
    </div>
  );
  if (!order) {
    return (
      <>
        <div className={classes.eventHead}>{head}</div>
        {problems}
      </>
    );
  }
  return (
    <>
      <button type="button" className={classes.eventHead} onClick={toggle} aria-expanded={open} aria-controls={linesId}>
        {head}
        <IconChevronDown size={16} aria-hidden style={{ rotate: open ? "180deg" : undefined, flex: "none" }} />
      </button>
      <Collapse expanded={open} id={linesId}>
        {open && <OrderLines event={event} order={order} />}
      </Collapse>
      {problems}
    </>
  );
}
