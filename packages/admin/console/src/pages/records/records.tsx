/** The book of calls: searched, read and taken along. */
import { usePlace } from "../../router.ts";
import { OneRecord } from "./one-record.tsx";
import { RecordSearch } from "./record-search.tsx";

export function Records() {
  const [id] = usePlace().rest;
  return id === undefined ? <RecordSearch /> : <OneRecord key={id} id={id} />;
}
