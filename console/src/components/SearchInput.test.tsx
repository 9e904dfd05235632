import { act, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { renderIn } from "@/test/render";
import { SearchInput } from "./SearchInput";

const pause = (milliseconds: number) => act(() => new Promise((done) => setTimeout(done, milliseconds)));

/** A page that follows what is searched for, after a while. `set` is what happens elsewhere. */
async function page(delay = 0) {
  const searched: string[] = [];
  let set: (value: string) => void = () => {};
  function Page() {
    const [value, setValue] = useState("");
    set = setValue;
    const onSearch = (wanted: string) => {
      searched.push(wanted);
      setTimeout(() => setValue(wanted), delay);
    };
    return <SearchInput aria-label="Search" value={value} onSearch={onSearch} />;
  }
  const { user } = await renderIn("en", <Page />);
  const field = screen.getByRole("searchbox");
  return { user, field, searched, setElsewhere: (value: string) => act(() => set(value)) };
}

describe("a field for searching", () => {
  it("keeps the blank behind a word when somebody pauses there", async () => {
    const { user, field, searched } = await page();
    await user.type(field, "Order ");
    await waitFor(() => expect(searched).toEqual(["Order"]));
    await pause(50);
    await user.type(field, "paid");
    expect(field).toHaveValue("Order paid");
    await waitFor(() => expect(searched.at(-1)).toBe("Order paid"));
  });

  it("loses no key that is typed before the page has followed", async () => {
    const { user, field, searched } = await page(200);
    await user.type(field, "ab");
    await waitFor(() => expect(searched).toEqual(["ab"]));
    await user.type(field, "c");
    await pause(220);
    expect(field).toHaveValue("abc");
    await waitFor(() => expect(searched).toEqual(["ab", "abc"]));
    await pause(220);
    expect(field).toHaveValue("abc");
  });

  it("forgets what waits when it is cleared", async () => {
    const { user, field, searched } = await page();
    await user.type(field, "ab");
    await user.click(screen.getByRole("button", { name: "Clear" }));
    await pause(300);
    expect([searched, (field as HTMLInputElement).value]).toEqual([[""], ""]);
  });

  it("follows what is changed elsewhere, and does not search over it", async () => {
    const { user, field, searched, setElsewhere } = await page();
    await user.type(field, "ab");
    await setElsewhere("from a link");
    await pause(300);
    expect(field).toHaveValue("from a link");
    expect(searched).toEqual([]);
  });
});
