/**
 * The bridge: `window.api`, one frozen object with one named function per command and `on` for events (S-135). Nothing
 * that sends to a channel of the page's choice, no event object and nothing of Electron crosses.
 */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import {
  commandChannel,
  COMMANDS,
  eventChannel,
  EVENTS,
  type CommandName,
  type EventName,
  type EventPayload,
  type WindowApi,
} from './contract.ts';

contextBridge.exposeInMainWorld('api', Object.freeze(buildApi()));

function buildApi(): WindowApi {
  const names = Object.keys(COMMANDS) as CommandName[];
  const commands = Object.fromEntries(names.map((name) => [name, invoker(name)]));
  return { ...(commands as unknown as Omit<WindowApi, 'on'>), on };
}

function invoker(name: CommandName): (params: unknown) => Promise<unknown> {
  const channel = commandChannel(name);
  return (params) => ipcRenderer.invoke(channel, params);
}

function on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
  if (!Object.hasOwn(EVENTS, event) || typeof listener !== 'function') throw new TypeError('no such event');
  const channel = eventChannel(event);
  const forward = (_event: IpcRendererEvent, payload: EventPayload<E>): void => listener(payload);
  ipcRenderer.on(channel, forward);
  return () => void ipcRenderer.off(channel, forward);
}
