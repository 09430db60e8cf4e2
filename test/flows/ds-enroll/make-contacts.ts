/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** Writes the contact list of the examples: node scripts/run-ts.mjs test/flows/ds-enroll/make-contacts.ts */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SHIPPED_FILE, shippedText } from './shipped';

mkdirSync(dirname(SHIPPED_FILE), { recursive: true });
writeFileSync(SHIPPED_FILE, shippedText());
