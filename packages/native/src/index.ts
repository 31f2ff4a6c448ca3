export { loadNative, type NativeModule } from "./load.ts";
