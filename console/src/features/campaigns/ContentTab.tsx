import { Accordion, Text } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CampaignDetail } from "@/api/types";
import { CustomerSelect } from "@/components/CustomerSelect";
import { Facts } from "@/components/Facts";
import { MessagePreviewView } from "@/components/MessagePreview";
import { Panel } from "@/components/Panel";
import { languages } from "@/i18n";
import classes from "./Campaign.module.css";

const route = getRouteApi("/campaigns/$slug");

/** What the campaign says, as one real customer reads it. */
export function ContentTab({ detail }: { detail: CampaignDetail }) {
  const { t } = useTranslation("campaigns");
  const { customer } = route.useSearch();
  const navigate = route.useNavigate();
  const { campaign, content } = detail;
  return (
    <div className={classes.content}>
      <div className={classes.side}>
        <Panel title={t("content.as")} description={t("content.asText")}>
          <CustomerSelect
            label={t("content.pick")}
            segment={campaign.audience?.slug}
            onPick={(id) =>
              void navigate({ search: (old) => ({ ...old, customer: id }), replace: true, resetScroll: false })
            }
          />
        </Panel>
        <Templates content={content} />
      </div>
      <Panel title={t("content.preview")}>
        <MessagePreviewView slug={campaign.slug} customer={customer} />
      </Panel>
    </div>
  );
}

function Templates({ content }: { content: CampaignDetail["content"] }) {
  const { t } = useTranslation("campaigns");
  return (
    <Panel title={t("content.template")} description={t("content.templateText")}>
      <Facts
        facts={(["en", "zh-CN"] as const).map((language) => ({
          label: languages[language],
          value: <span lang={language}>{content.subject[language]}</span>,
        }))}
      />
      <Accordion variant="contained" mt="sm" chevronPosition="left">
        {(["en", "zh-CN"] as const).map((language) => (
          <Accordion.Item key={language} value={language}>
            <Accordion.Control>
              <Text size="sm">{t("content.source", { language: languages[language] })}</Text>
            </Accordion.Control>
            <Accordion.Panel>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area needs the focus to be moved by keyboard */}
              <pre className={classes.template} lang={language} tabIndex={0}>
                {content.body[language]}
              </pre>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Panel>
  );
}
