import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** `EDGE_URL` names a running stack whose API the development server passes on to. */
const edge = process.env.EDGE_URL ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { conditions: ['tiketi-source', ...defaultClientConditions] },
  build: {
    target: 'baseline-widely-available',
    sourcemap: true,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'libraries', test: /node_modules/ }] } } },
  },
  server: { proxy: { '/api': edge } },
});
