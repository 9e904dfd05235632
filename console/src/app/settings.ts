import { useLocalStorage } from "@mantine/hooks";

/** Whether single keys such as `?` and `g c` do something. WCAG 2.1.4 wants a way to switch them off. */
export function useSingleKeys() {
  return useLocalStorage({ key: "bellwether.single-keys", defaultValue: true, getInitialValueInEffect: false });
}
