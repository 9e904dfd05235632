import { Alert, Button, Select } from "@mantine/core";
import { IconDownload, IconListCheck, IconSchool } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { planAddress, planQuery, useLearn, usePutUnplanned } from "@/api/plan";
import type { Learned, Plan, PlanProposal } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { EntryDialog } from "./EntryDialog";
import { PlanTable } from "./PlanTable";
import { Proposals } from "./Proposals";
import { modes } from "./words";

const route = getRouteApi("/plan");

/** Which events there are, what each must look like, and how they keep to it. */
export function PlanPage() {
  const { t } = useTranslation("plan");
  const query = useQuery(planQuery());
  const errorText = useErrorText();
  const learn = useLearn();
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      actions={
        <>
          <Button
            component="a"
            variant="default"
            href={planAddress}
            download="tracking-plan.json"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {t("export")}
          </Button>
          <Button
            loading={learn.isPending}
            leftSection={<IconSchool size={16} aria-hidden />}
            onClick={() => learn.mutate({})}
          >
            {t("learn")}
          </Button>
        </>
      }
    >
      {learn.isError && (
        <Alert color="red" role="alert" title={errorText(learn.error).title}>
          {errorText(learn.error).detail}
        </Alert>
      )}
      <QueryState query={query} skeleton={<PageSkeleton />}>
        {(plan) => <Content plan={plan} learned={learn.data} onDismiss={learn.reset} />}
      </QueryState>
    </Page>
  );
}

interface ContentProps {
  plan: Plan;
  learned?: Learned;
  onDismiss: () => void;
}

function Content({ plan, learned, onDismiss }: ContentProps) {
  const { t } = useTranslation("plan");
  const { event, source } = route.useSearch();
  const navigate = route.useNavigate();
  const [proposal, setProposal] = useState<PlanProposal>();
  const close = () => {
    setProposal(undefined);
    void navigate({ search: {}, resetScroll: false });
  };
  return (
    <>
      {learned && (
        <Proposals
          proposals={learned.proposals}
          tooVaried={learned.too_varied}
          onDismiss={onDismiss}
          onReview={(chosen) => {
            setProposal(chosen);
            void navigate({ search: { event: chosen.event }, resetScroll: false });
          }}
        />
      )}
      <Panel title={t("events")} description={t("eventsText")} actions={<Unplanned plan={plan} />} flush>
        {plan.events.length === 0 ? (
          <EmptyState icon={IconListCheck} title={t("empty")} text={t("emptyText")} />
        ) : (
          <PlanTable rows={plan.events} />
        )}
      </Panel>
      <EntryDialog
        planKey={event === undefined ? undefined : { event, source }}
        proposal={proposal?.event === event ? proposal : undefined}
        onClose={close}
      />
    </>
  );
}

/** What happens to events that the plan does not name. */
function Unplanned({ plan }: { plan: Plan }) {
  const { t } = useTranslation("plan");
  const errorText = useErrorText();
  const put = usePutUnplanned();
  return (
    <Select
      label={t("unplanned")}
      data={modes.map((mode) => ({ value: mode, label: t(`mode.${mode}`) }))}
      value={plan.unplanned}
      disabled={put.isPending}
      error={put.isError ? errorText(put.error).title : undefined}
      allowDeselect={false}
      onChange={(chosen) => {
        const mode = modes.find((name) => name === chosen);
        if (mode) put.mutate(mode);
      }}
      w={230}
    />
  );
}
