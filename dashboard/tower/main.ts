import '../theme/tokens.css';
import './tower.css';
import { followColorMode } from '../theme/color-mode.ts';
import { registerIcons } from '../theme/icons.ts';
import './tower-app.ts';

followColorMode();
registerIcons();
