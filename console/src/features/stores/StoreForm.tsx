import { Alert, Button, Group, NumberInput, SimpleGrid, Stack, TagsInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { useChangeStore } from "@/api/stores";
import type { StoreSummary } from "@/api/types";
import { useUnsaved } from "@/components/useUnsaved";
import { changeOf, emptyValues, isNoNumber, problemOf, type StoreProblem, type StoreValues, valuesOf } from "./values";

export interface StoreFormProps {
  /** Nothing for a new one. */
  store?: StoreSummary;
  taken: readonly string[];
  onDone: () => void;
  onUnsaved: (unsaved: boolean) => void;
}

/** What people say of a store. The code of a new one is what receipts will write. */
export function StoreForm({ store, taken, onDone, onUnsaved }: StoreFormProps) {
  const { t } = useTranslation("stores");
  const { t: common } = useTranslation();
  const errorText = useErrorText();
  const change = useChangeStore();
  const [before] = useState<StoreValues>(store ? valuesOf(store) : emptyValues);
  const [values, setValues] = useState(before);
  useUnsaved(JSON.stringify(values) !== JSON.stringify(before), onUnsaved);
  const [problem, setProblem] = useState<StoreProblem>();
  const set = (some: Partial<StoreValues>) => {
    setValues((before) => ({ ...before, ...some }));
    setProblem(undefined);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong = problemOf(values, store ? [] : taken);
    setProblem(wrong);
    if (!wrong) change.mutate({ code: values.code.trim(), body: changeOf(values, before) }, { onSuccess: onDone });
  };
  const line = (key: "name" | "city" | "address" | "country") => (
    <TextInput
      label={t(`field.${key}`)}
      maxLength={200}
      value={values[key]}
      onChange={(event) => set({ [key]: event.currentTarget.value })}
    />
  );
  const day = (key: "opened" | "closed") => (
    <TextInput
      type="date"
      label={t(`field.${key}`)}
      value={values[key]}
      onChange={(event) => set({ [key]: event.currentTarget.value })}
    />
  );
  const wrongDegrees = (value: number | string) => {
    if (problem === "degrees" && isNoNumber(value)) return t("problem.degrees");
    return problem === "place" && value === "" ? t("problem.place") : undefined;
  };
  const degrees = (key: "latitude" | "longitude", most: number) => (
    <NumberInput
      label={t(`field.${key}`)}
      min={-most}
      max={most}
      decimalScale={6}
      hideControls
      value={values[key]}
      error={wrongDegrees(values[key])}
      onChange={(value) => set({ [key]: value })}
    />
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm" mt="md">
        {!store && (
          <TextInput
            label={t("field.code")}
            description={t("create.codeText")}
            placeholder="VIE-01"
            data-autofocus
            maxLength={100}
            value={values.code}
            error={problem === "empty" || problem === "taken" ? t(`problem.${problem}`) : undefined}
            onChange={(event) => set({ code: event.currentTarget.value })}
          />
        )}
        {line("name")}
        <SimpleGrid cols={2} spacing="sm">
          {line("city")}
          {line("country")}
        </SimpleGrid>
        {line("address")}
        <SimpleGrid cols={2} spacing="sm">
          {degrees("latitude", 90)}
          {degrees("longitude", 180)}
          {day("opened")}
          {day("closed")}
        </SimpleGrid>
        <TagsInput
          label={t("field.tags")}
          description={t("field.tagsText")}
          maxTags={20}
          value={values.tags}
          onChange={(tags) => set({ tags })}
        />
        {change.isError && (
          <Alert color="red" title={errorText(change.error).title}>
            {errorText(change.error).detail}
          </Alert>
        )}
        <Group justify="flex-end" gap="sm" mt="xs">
          <Button variant="default" onClick={onDone}>
            {common("action.cancel")}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {store ? t("save") : t("create.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
