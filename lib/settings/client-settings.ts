import type { Settings } from './settings.ts';

/** The settings that the client works by; the others are the functions' own. */
export type ClientSettings = Omit<Settings, 'allowDelete' | 'keyManagement' | 'litellm' | 'rotationEventBus'>;
