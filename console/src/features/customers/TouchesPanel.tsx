import { useTranslation } from "react-i18next";
import type { Customer, CustomerTouch } from "@/api/types";
import { Facts } from "@/components/Facts";
import { Panel } from "@/components/Panel";
import { useFormat } from "@/format/useFormat";

/** How the person came, first and last. */
export function TouchesPanel({ customer }: { customer: Customer }) {
  const { t } = useTranslation("customers");
  const { first_touch: first, latest_touch: latest } = customer;
  if (!first || !latest) return null;
  const onlyOne = JSON.stringify(first) === JSON.stringify(latest);
  return (
    <Panel title={t("touch.title")}>
      <Touch touch={first} label={t("touch.first")} />
      {!onlyOne && <Touch touch={latest} label={t("touch.latest")} />}
    </Panel>
  );
}

function Touch({ touch, label }: { touch: CustomerTouch; label: string }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const source = [touch.source, touch.medium].filter(Boolean).join(" / ");
  const facts = [
    { label, value: t(`channel.${touch.channel}`) },
    { label: t("touch.time"), value: format.dateTime(touch.time) },
    { label: t("touch.source"), value: source },
    { label: t("touch.campaign"), value: touch.campaign },
    { label: t("touch.term"), value: touch.term },
    { label: t("touch.content"), value: touch.content },
    { label: t("touch.landingPage"), value: touch.landing_page },
  ];
  return <Facts facts={facts.filter((fact) => fact.value)} />;
}
