import '@blueprintjs/core/lib/css/blueprint.css';
import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/card.css';
import './styles/chart.css';
import './styles/views.css';
import './styles/features.css';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { startApp } from './startApp';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no place for the app.');
await startApp();
createRoot(root).render(<App />);
