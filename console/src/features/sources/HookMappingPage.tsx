import { Alert, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sourceQuery } from "@/api/queries";
import { type HookWorkbench, hookPreviewQuery, hookWorkbenchQuery } from "@/api/sources";
import type { HookDetail } from "@/api/types";
import { Page } from "@/components/Page";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { type Delivery, deliveryOf, HookDelivery } from "./HookDelivery";
import classes from "./HookMapping.module.css";
import { HookMappingEditor, textInUse } from "./HookMappingEditor";
import { HookOutcome } from "./HookOutcome";

const route = getRouteApi("/sources/$slug/mapping");

/** How the deliveries of a web hook become events, and what the mapping makes of one of them while it is written. */
export function HookMappingPage() {
  const { t } = useTranslation("sources");
  const { slug } = route.useParams();
  const source = useQuery(sourceQuery(slug));
  const workbench = useQuery(hookWorkbenchQuery(slug));
  const name = source.data?.source.name;
  return (
    <Page
      title={name ? t("hook.mapping.of", { name }) : t("hook.mapping.title")}
      subtitle={t("hook.mapping.text")}
      back={{ link: { to: "/sources/$slug", params: { slug } }, label: name ?? t("title") }}
    >
      <QueryState query={source} skeleton={<PageSkeleton />}>
        {(detail) =>
          detail.hook ? (
            <QueryState query={workbench} skeleton={<PageSkeleton />}>
              {(found) => detail.hook && <Workbench key={slug} slug={slug} hook={detail.hook} workbench={found} />}
            </QueryState>
          ) : (
            <Alert role="alert">{t("hook.mapping.noHook")}</Alert>
          )
        }
      </QueryState>
    </Page>
  );
}

interface WorkbenchProps {
  slug: string;
  hook: HookDetail;
  workbench: HookWorkbench;
}

function Workbench({ slug, hook, workbench }: WorkbenchProps) {
  const [text, setText] = useState(() => textInUse(hook));
  const [delivery, setDelivery] = useState(() => deliveryOf(workbench.samples[0]));
  const { body, headers } = delivery;
  const [tried] = useDebouncedValue({ mapping: text, body, headers }, 350);
  const preview = useQuery(hookPreviewQuery(slug, tried));
  const isStale =
    preview.isPlaceholderData || tried.mapping !== text || tried.body !== body || tried.headers !== headers;
  return (
    <div className={classes.workbench}>
      <HookMappingEditor
        slug={slug}
        hook={hook}
        ready={workbench.mappings}
        delivery={body}
        text={text}
        onChange={setText}
        problem={isStale ? undefined : preview.data?.mapping_problem}
      />
      <Stack gap="md" miw={0}>
        <HookDelivery
          samples={workbench.samples}
          delivery={delivery}
          asked={preview.data?.headers ?? []}
          onChange={(change: Partial<Delivery>) => setDelivery((before) => ({ ...before, ...change }))}
        />
        <HookOutcome query={preview} isStale={isStale} />
      </Stack>
    </div>
  );
}
