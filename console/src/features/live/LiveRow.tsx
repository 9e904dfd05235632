import { Collapse } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { memo, useId } from "react";
import { useTranslation } from "react-i18next";
import type { LiveEvent } from "@/api/types";
import { BotBadge } from "@/components/BotBadge";
import { CodeBlock } from "@/components/CodeBlock";
import { PlanBadge } from "@/components/PlanBadge";
import { useFormat } from "@/format/useFormat";
import classes from "./Live.module.css";

/** What an event does not say is left out. */
const said = (_: string, value: unknown) => (value === null ? undefined : value);

/** One event: when, what, who, where from; opened, all of it. */
export const LiveRow = memo(function LiveRow({ event }: { event: LiveEvent }) {
  const { t } = useTranslation("live");
  const format = useFormat();
  const [open, { toggle }] = useDisclosure(false);
  const id = useId();
  const who = event.user_id ?? (event.anonymous_id ? t("visitor", { id: event.anonymous_id }) : t("nobody"));
  return (
    <li className={classes.row}>
      <button type="button" className={classes.head} onClick={toggle} aria-expanded={open} aria-controls={id}>
        <time className={classes.time} dateTime={event.received_at ?? event.time}>
          {format.timeToSecond(event.received_at ?? event.time)}
        </time>
        <span className={classes.name}>{event.name}</span>
        <span className={classes.who}>{who}</span>
        <span className={classes.source}>{event.source}</span>
        <span className={classes.marks}>
          <PlanBadge problems={event.plan_problems} />
          <BotBadge probability={event.bot_probability} />
        </span>
        <IconChevronDown size={16} aria-hidden className={classes.chevron} data-open={open || undefined} />
      </button>
      <Collapse expanded={open} id={id}>
        {open && (
          <div className={classes.whole}>
            <CodeBlock code={JSON.stringify(event, said, 2)} about={t("whole", { name: event.name })} />
          </div>
        )}
      </Collapse>
    </li>
  );
});
