/* Before the first paint: script is on, and the theme chosen earlier. */
{const h=document.documentElement;h.className='js';try{const t=localStorage.theme;if(/^(dark|light)$/.test(t))h.dataset.theme=t}catch{}}
