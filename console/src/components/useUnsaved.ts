import { useEffect } from "react";

/** Tells the dialog around an editor whether a click beside it would lose what was written. */
export function useUnsaved(unsaved: boolean, tell: (unsaved: boolean) => void): void {
  useEffect(() => {
    tell(unsaved);
    return () => tell(false);
  }, [unsaved, tell]);
}
